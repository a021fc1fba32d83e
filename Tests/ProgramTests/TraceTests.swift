import Collectives
import Mesh
import Program
import Quantities
import Testing

@Suite("Traces")
struct TraceTests {
  private static let transfer = Transfer(
    .allReduce, scope: .shard, algorithm: .schedule(.ring), group: [1, 3, 5], position: 2, count: 17, type: .float64)

  private static let message = Message(.send, scope: .pipeline, peer: 3, tag: 7, count: 40, type: .bfloat16)

  private var trace: Trace {
    var trace = Trace()
    trace.nodes = [
      .phase("forward"), .allocate(ByteCount(40), .keyValueCache), .record(Event(index: 3), .gradients),
      .wait(Event(index: 3), .pipeline), .transfer(Self.transfer, .tensor), .free(ByteCount(40), .activations),
    ]
    var library = Self.transfer
    library.algorithm = .library
    var received = Self.message
    received.direction = .receive
    trace.nodes += [
      .transfer(library, .compute), .post(Self.message, .pipeline), .post(received, .pipeline),
      .complete(received, .compute), .complete(Self.message, .pipeline),
    ]
    for type in [ScalarType.float32, .float64, .bfloat16, .float16] {
      trace.nodes += Operations.all(type).map { .operation($0, .compute) }
    }
    return trace
  }

  @Test("The text form reads back as the same trace, with the same digest")
  func roundTrip() throws {
    let parsed = try Trace(parsing: trace.text)
    #expect(parsed == trace)
    #expect(parsed.digest == trace.digest)
    #expect(parsed.text == trace.text)
  }

  @Test("An empty trace has a text too")
  func empty() throws {
    let parsed = try Trace(parsing: Trace().text)
    #expect(parsed.nodes.isEmpty)
  }

  @Test("Leaving out any node, and exchanging any two neighbours that differ, changes the digest")
  func digest() {
    let trace = trace
    for index in trace.nodes.indices {
      var shorter = trace
      shorter.nodes.remove(at: index)
      #expect(shorter.digest != trace.digest)
      guard index > 0, trace.nodes[index] != trace.nodes[index - 1] else { continue }
      var swapped = trace
      swapped.nodes.swapAt(index, index - 1)
      #expect(swapped.digest != trace.digest)
    }
  }

  @Test("The first line names the format and its version")
  func formatLine() {
    #expect(Trace.formatLine == "orrery-trace 3")
    #expect(Trace().text == "orrery-trace 3\n")
  }

  @Test("Another format or version is refused at its first line", arguments: ["", "orrery-trace 1\n", "{}\n"])
  func otherFormat(text: String) {
    let error = #expect(throws: TraceError.self) { try Trace(parsing: text) }
    #expect(error?.line == 1)
    #expect(error?.reason.contains(Trace.formatLine) == true)
  }

  @Test("A damaged line is named by its number", arguments: [2, 5, 9])
  func damaged(line: Int) {
    var lines = trace.text.split(separator: "\n").map(String.init)
    lines[line - 1].removeLast(3)
    let text = lines.joined(separator: "\n")
    let error = #expect(throws: TraceError.self) { try Trace(parsing: text) }
    #expect(error?.line == line)
  }
}
