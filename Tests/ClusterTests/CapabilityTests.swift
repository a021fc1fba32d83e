import Cluster
import Quantities
import Testing

/// What a GPU can do, and what it says of what it cannot.
@Suite struct CapabilityTests {
  @Test func `bf16 on a V100 is refused, with what it has`() throws {
    let v100 = try catalogue.gpu(named: "V100")
    let error = #expect(throws: GPUError.self) { try v100.peak(.bf16) }
    #expect(
      error?.description
        == "Tesla V100 SXM2 16GB has no bf16 matrix products (compute capability 7.0); it has fp32, fp16")
    #expect(try v100.peak(.fp16) == ComputeRate(125.3e12))
  }

  @Test(arguments: [
    ("P40", [MathPrecision.fp32]), ("P100", [.fp32, .fp16]), ("T4", [.fp32, .fp16]),
    ("A100", [.fp32, .tf32, .fp16, .bf16]), ("L40S", [.fp32, .tf32, .fp16, .bf16, .fp8]),
    ("H100", [.fp32, .tf32, .fp16, .bf16, .fp8]),
  ])
  func `precisions are those of the data sheet`(_ name: String, precisions: [MathPrecision]) throws {
    #expect(try catalogue.gpu(named: name).precisions == precisions)
  }

  @Test func `a rate that is not known is not said to be impossible`() throws {
    let error = #expect(throws: GPUError.self) { try catalogue.gpu(named: "A100").peak(.fp64) }
    #expect(error?.description.hasPrefix("the catalogue knows no fp64 rate of A100 SXM4 80GB") == true)
  }

  @Test func `no FlashAttention runs on a V100`() throws {
    let error = #expect(throws: GPUError.self) { try catalogue.gpu(named: "V100").requireFlashAttention(.fp16) }
    #expect(
      error?.description == "no generation of FlashAttention runs on Tesla V100 SXM2 16GB (compute capability 7.0)")
  }

  @Test(arguments: [MathPrecision.fp64, .fp32, .tf32])
  func `FlashAttention has kernels in 16 and 8 bits alone`(precision: MathPrecision) throws {
    let error = #expect(throws: GPUError.self) { try catalogue.gpu(named: "A100").requireFlashAttention(precision) }
    #expect(error?.description == "FlashAttention has no kernels in \(precision.rawValue)")
    #expect(throws: Never.self) { try catalogue.gpu(named: "A100").requireFlashAttention(.bf16) }
  }

  @Test func `an unknown compute capability is refused with those that are known`() throws {
    let error = #expect(throws: GPUError.self) { try MultiprocessorLimits.named("8.1") }
    #expect(error?.description.hasPrefix("'8.1' is no known compute capability; known: 2.0, 2.1, 3.0, ") == true)
    #expect(error?.description.hasSuffix(", 12.0, 12.1") == true)
  }

  @Test(arguments: ["8", "8.", ".8", "8.x", "-8.0", "0.1", "8.0.1", "", "8.-1"])
  func `what is no compute capability is not read as one`(_ text: String) {
    #expect(ComputeCapability(text) == nil)
  }
}
