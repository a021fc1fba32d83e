package import Quantities

/// A GPU as its data sheet and its instruction set describe it. Nothing here is fitted.
package struct GPU: Hashable, Sendable {
  package var name: String
  package var aliases: [String]
  package var generation: Generation
  package var limits: MultiprocessorLimits
  /// Streaming multiprocessors (SMs).
  package var multiprocessors: Int
  package var boostClock: Frequency
  package var baseClock: Frequency?
  /// fp32 fused multiply-adds that one SM issues in a clock.
  package var fp32Lanes: Int
  package var tensorCores: Int
  /// 16-bit dense FLOPs of one SM's tensor cores in a clock, summed in fp32; 0 without tensor cores.
  package var tensorFLOPsPerClock: Double
  package var l1Cache, l2Cache: ByteCount
  package var l2Bandwidth: Bandwidth?
  package var memory: ByteCount
  package var memoryBandwidth: Bandwidth
  /// The data sheet's dense peaks: a precision that is not here is not supported.
  package var matmulRates: [MathPrecision: ComputeRate]
  /// Sum of both directions over all links.
  package var nvlink: Bandwidth?
  package var pcie: String
  package var boardPower: Power
  package var source: String
  package var notes: String

  package var capability: ComputeCapability { limits.capability }
  /// The notes say that some figure could not be confirmed.
  package var isUncertain: Bool { notes.contains("uncertain") }
}

/// GPUs that share a multiprocessor, and so the constants of the timing model.
package enum Generation: String, Hashable, Sendable, CaseIterable, Codable {
  case fermi, kepler, maxwell, pascal, volta, turing
  /// GA100: A100, A30.
  case ampere
  /// GA102 and smaller: RTX 30, A40, A10, A2.
  case ampereGA10x = "ampere-ga10x"
  case ada, hopper
  /// GB100 and its pairs: B100, B200, B300, GB200.
  case blackwell
  /// GB202 and smaller: RTX 50, RTX PRO 6000.
  case blackwellGB20x = "blackwell-gb20x"
}

extension GPU {
  package var supportsTensorCores: Bool { tensorFLOPsPerClock > 0 }

  /// The precisions of matrix products whose peaks are known.
  package var precisions: [MathPrecision] { MathPrecision.allCases.filter { matmulRates[$0] != nil } }

  /// - Errors: `GPUError` that names what the GPU has instead.
  package func peak(_ precision: MathPrecision) throws(GPUError) -> ComputeRate {
    if let rate = matmulRates[precision] { return rate }
    let known = precisions.map(\.rawValue).joined(separator: ", ")
    // Every GPU multiplies fp64 numbers somehow: what is missing is the figure.
    let reason =
      precision == .fp64
      ? "the catalogue knows no fp64 rate of \(name)" : "\(name) has no \(precision.rawValue) matrix products"
    throw GPUError("\(reason) (compute capability \(capability)); it has \(known)")
  }

  /// Nothing if a generation of FlashAttention runs here and has kernels of a precision.
  ///
  /// - Errors: `GPUError` that names what is missing.
  package func requireFlashAttention(_ precision: MathPrecision) throws(GPUError) {
    guard !limits.flashAttention.isEmpty else {
      throw GPUError("no generation of FlashAttention runs on \(name) (compute capability \(capability))")
    }
    switch precision {
    case .fp16, .bf16, .fp8: return
    case .fp64, .fp32, .tf32: throw GPUError("FlashAttention has no kernels in \(precision.rawValue)")
    }
  }
}

/// A GPU, or what one cannot do, that was asked for.
package struct GPUError: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
