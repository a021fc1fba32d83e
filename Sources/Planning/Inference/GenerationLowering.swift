package import GPUModel
package import Program
import Quantities

/// The kernels of a pass of generation over several sequences of equal length.
package struct GenerationLowering {
  private let lowering: Lowering
  private let sequences: Int

  package init(_ lowering: Lowering, sequences: Int) { (self.lowering, self.sequences) = (lowering, sequences) }

  /// The kernels of a trace of one sequence, as they are when all sequences pass together.
  package func kernels(of trace: Trace) -> [LoweredKernel] { trace.runs.flatMap { kernels($0.operations) } }

  private func kernels(_ operations: [Operation]) -> [LoweredKernel] {
    // What lies between two attentions may merge; attention merges with nothing.
    let parts = operations.split(omittingEmptySubsequences: false) { $0.isCachedAttention }
    let attentions = operations.filter(\.isCachedAttention)
    return parts.enumerated().flatMap { index, part in
      lowering.kernels(part.map { $0.onSequences(sequences) })
        + (index < attentions.count ? attention(attentions[index]) : [])
    }
  }

  private func attention(_ operation: Operation) -> [LoweredKernel] {
    guard case .cachedAttention(let shape, let type) = operation else { return [] }
    return lowering.kernels(operation).flatMap { lowered -> [LoweredKernel] in
      guard case .attention(var kernel) = lowered.kernel else { return [lowered.onSequences(sequences)] }
      if shape.new == 1 {
        return DecodeAttention(
          shape: shape, sequences: sequences, type: type, hostOperations: lowered.hostOperations
        ).kernels
      }
      kernel.batch = sequences
      // An eager framework's copies have filled the cache already.
      kernel.fillsCache = shape.past == 0 && lowering.fusion != .eager
      return [lowered.with(.attention(kernel), traffic: sequences)]
    }
  }
}

extension Operation {
  fileprivate var isCachedAttention: Bool { if case .cachedAttention = self { true } else { false } }
}

extension LoweredKernel {
  /// A kernel of unfused attention, with so many times the heads.
  fileprivate func onSequences(_ count: Int) -> LoweredKernel {
    switch kernel {
    case .matmul(var product):
      product.batch *= count
      return with(.matmul(product), traffic: count)
    case .rows(var rows):
      rows.rows *= count
      return with(.rows(rows), traffic: count)
    case .attention(var attention):
      attention.batch *= count
      return with(.attention(attention), traffic: count)
    case .streaming(let pass):
      return with(
        .streaming(
          StreamingKernel(
            bytesRead: pass.bytesRead * count, bytesWritten: pass.bytesWritten * count,
            operations: pass.operations * count, specialFunctions: pass.specialFunctions * count,
            elements: pass.elements * count, rowBlocks: pass.rowBlocks * count)), traffic: count)
    }
  }

  fileprivate func with(_ kernel: Kernel, traffic times: Int) -> LoweredKernel {
    LoweredKernel(
      kernel, name: name, traffic: Traffic(read: traffic.read * times, written: traffic.written * times),
      hostOperations: hostOperations)
  }
}
