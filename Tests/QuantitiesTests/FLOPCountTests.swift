import Quantities
import Testing

struct FLOPCountTests {
  @Test func `work over time is a rate, and rates have a ratio`() {
    let rate = FLOPCount(6_000_000_000) / 2
    #expect(rate == ComputeRate(3e9))
    #expect(rate / ComputeRate(12e9) == 0.25)
    #expect(ByteCount(1_500_000_000) / 0.5 == Bandwidth(3e9))
    #expect(Bandwidth(3e9) / Bandwidth(1.5e9) == 2)
  }

  @Test func `rates print with decimal prefixes`() {
    #expect(ComputeRate(80.1e9).description == "80.1 GFLOP/s")
    #expect(Bandwidth(2.6e9).description == "2.60 GB/s")
  }

  @Test func `counts of work add, scale and compare`() {
    #expect(FLOPCount(2) + FLOPCount(3) == FLOPCount(5))
    #expect(FLOPCount(2) - FLOPCount(3) == FLOPCount(-1))
    #expect(FLOPCount(2) * 3 == FLOPCount(6))
    #expect(FLOPCount.zero < FLOPCount(1))
    #expect(ComputeRate(1) < ComputeRate(2) && Bandwidth(1) < Bandwidth(2))
  }

  @Test func `scalars have the widths of their names`() {
    #expect(ScalarType.allCases.map(\.size) == [4, 8, 2, 2, 4])
    #expect(ScalarType.allCases.map(\.rawValue) == ["fp32", "fp64", "bf16", "fp16", "int32"])
  }
}
