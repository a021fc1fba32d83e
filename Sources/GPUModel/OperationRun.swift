package import Program

/// Operations that one stream carries out with nothing in between that another stream, or another rank, could see: what may become
/// fewer kernels than it has operations.
package struct OperationRun: Hashable, Sendable {
  package var stream: Stream
  /// The phase of the step that the trace was in; empty before the first.
  package var phase: String
  /// From the first operation's node to the last's; allocations may lie between.
  package var nodes: Range<Int>
  package var operations: [Operation]
}

extension Trace {
  /// The operations in issue order, cut wherever a transfer, a message, an event, a phase or another stream's operation comes.
  package var runs: [OperationRun] {
    var result: [OperationRun] = []
    var (phase, isOpen) = ("", false)
    for (index, node) in nodes.enumerated() {
      switch node {
      case .operation(let operation, let stream):
        if isOpen, result[result.count - 1].stream == stream {
          result[result.count - 1].append(operation, at: index)
        } else {
          result.append(OperationRun(stream: stream, phase: phase, nodes: index..<index + 1, operations: [operation]))
        }
        isOpen = true
      case .phase(let name): (phase, isOpen) = (name, false)
      case .transfer, .post, .complete, .record, .wait, .passage: isOpen = false
      case .allocate, .free: break
      }
    }
    return result
  }
}

extension OperationRun {
  fileprivate mutating func append(_ operation: Operation, at index: Int) {
    operations.append(operation)
    nodes = nodes.lowerBound..<index + 1
  }
}
