import Collectives
import Foundation
import Mesh
import Program
import Quantities
import Testing

@Suite("What a program says survives a file")
struct CodingTests {
  private func copy<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  @Test("Every operation, in every type", arguments: ScalarType.allCases)
  func operations(type: ScalarType) throws {
    let operations = Operations.all(type, gradient: .float32)
    let read = try copy(operations)
    #expect(read == operations)
  }

  @Test("Messages of both directions, in every scope", arguments: Scope.allCases)
  func messages(scope: Scope) throws {
    for direction in [Message.Direction.send, .receive] {
      let message = Message(direction, scope: scope, peer: 3, tag: 17, count: 5, type: .bfloat16)
      let read = try copy(message)
      #expect(read == message)
    }
  }

  @Test("Only a message that is sent has bytes that are sent")
  func bytes() {
    let sent = Message(.send, scope: .pipeline, peer: 3, tag: 17, count: 5, type: .bfloat16)
    var received = sent
    received.direction = .receive
    #expect(sent.bytes == ByteCount(10) && received.bytes == ByteCount(10))
    #expect(sent.sentBytes == ByteCount(10) && received.sentBytes == .zero)
  }

  @Test("A collective of maxima is another than one of sums")
  func reductions() throws {
    let sum = Transfer(
      .allReduce, scope: .tensor, algorithm: .automatic, group: [0, 1], position: 0, count: 3, type: .float32)
    var maximum = sum
    maximum.reduction = .maximum
    let read = try copy([sum, maximum])
    #expect(read == [sum, maximum] && sum != maximum)
  }
}
