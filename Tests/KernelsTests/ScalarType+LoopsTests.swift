import Kernels
import Quantities
import Testing

@Suite("Types that no loop computes in")
struct ScalarTypeLoopsTests {
  @Test("A 16-bit value that was not converted first ends the process, and is not read as fp32")
  func halves() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      activation(.relu, .bfloat16, memory.zeros(1), memory.zeros(1), count: 1)
    }
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      add(.float16, memory.zeros(1), to: memory.zeros(1), count: 1)
    }
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      fill(.float16, memory.zeros(1), count: 1, value: 1)
    }
  }
}
