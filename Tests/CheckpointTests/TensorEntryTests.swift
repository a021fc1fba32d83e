import Checkpoint
import Testing

@Suite("A stored tensor")
struct TensorEntryTests {
  @Test(
    "has as many bytes as its shape holds scalars",
    arguments: [([], 4), ([0], 0), ([3], 12), ([2, 0, 5], 0), ([2, 3, 4], 96)])
  func byteCount(shape: [Int], bytes: Int) {
    #expect("\(StoredTensor("t", .f32, shape).byteCount)" == "\(bytes) B")
  }

  @Test("stands in the reference order by falling type, then by its name's bytes")
  func order() {
    let tensors = [("b", StoredType.u8), ("a", .f64), ("c", .i64), ("a2", .bf16), ("a10", .bf16), ("Z", .bf16)]
    let sorted = tensors.map { StoredTensor($0, $1, []) }.inReferenceOrder()
    #expect(sorted.map(\.name) == ["c", "a", "Z", "a10", "a2", "b"])
  }
}
