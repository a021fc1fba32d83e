import Collectives
import Execution
import Mesh
import Program
import Quantities
import Testing

@Suite("What does not fit ends the process, before any device sees it")
struct RefusalTests {
  @Test("An operand of another size")
  func size() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .activations)
      executor.launch(.copy(count: 5, .float32), reading: [values.view], writing: [values.view])
    }
  }

  @Test("An operand of another type")
  func type() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .activations)
      executor.launch(.fill(count: 4, value: 0, .float64), writing: [values.view])
    }
  }

  @Test("An operand too few")
  func count() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .activations)
      executor.launch(.add(count: 4, .float32), writing: [values.view])
    }
  }

  @Test("A transfer of another count than its view's")
  func transfer() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .gradients)
      let transfer = Transfer(
        .allReduce, scope: .data, algorithm: .schedule(.ring), group: [0, 1], position: 0, count: 5, type: .float32)
      try executor.communicate(transfer, values.view, on: .gradients)
    }
  }

  @Test("A message of another count than its view's")
  func message() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .activations)
      let message = Message(.send, scope: .pipeline, peer: 1, tag: 0, count: 5, type: .float32)
      try executor.post(message, values.view, on: .pipeline)
    }
  }

  @Test("A part of a view that reaches beyond it")
  func part() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .gradients)
      executor.write([1.0], to: values.view[2..<4][2..<3])
    }
  }

  @Test("Bytes that do not fill their view")
  func bytes() async {
    await #expect(processExitsWith: .failure) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .gradients)
      executor.write([1.0, 2.0, 3.0], to: values.view)
    }
  }

  @Test("What fits, fits: the same calls with the right sizes end well")
  func control() async {
    await #expect(processExitsWith: .success) {
      let executor = Executor(device: NullDevice())
      let values = executor.allocate([4], .float32, .activations)
      executor.launch(.add(count: 4, .float32), reading: [values.view], writing: [values.view])
      executor.write([1.0, 2, 3, 4], to: values.view)
      executor.write([1.0], to: values.view[2..<4][1..<2])
    }
  }
}
