package import Execution
import Kernels
package import Program
import Quantities
package import Transport

extension HostDevice {
  package func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    guard let transport else { preconditionFailure("a transfer on a device without a transport: \(transfer)") }
    let activity = Activity(
      .collective(transfer.kind), scope: transfer.scope, group: transfer.group, count: transfer.count,
      type: transfer.type)
    try naming(activity) {
      guard let schedule = transfer.schedule else { return try allReduceByLibrary(transfer, region(buffer), transport) }
      let interpreter = CollectiveInterpreter(transport: transport, segment: Transfer.segment)
      let arriving = scratch.map(region) ?? region(buffer).slice(byteOffset: 0, byteCount: 0)
      try interpreter.run(
        schedule, position: transfer.position, group: transfer.group, buffer: region(buffer), scratch: arriving,
        type: transfer.type, combination: transfer.reduction.combination)
    }
  }

  private func allReduceByLibrary(_ transfer: Transfer, _ region: Region, _ transport: any Transport) throws {
    guard transfer.reduction == .sum, [.float32, .float64].contains(transfer.type) else {
      throw TransportError.unsupported(
        "the library's own all-reduce adds fp32 and fp64 values, and knows no \(transfer.reduction.rawValue) of "
          + "\(transfer.type.rawValue); choose ring, recursive or tree")
    }
    try transport.libraryAllReduce(
      region, count: transfer.count, double: transfer.type == .float64, group: transfer.group)
  }

  /// Runs `body` as one activity, which its errors name.
  private func naming(_ activity: Activity, _ body: () throws -> Void) throws {
    do {
      try inFlight.throwFault()
      try transport!.during(activity, body)
    } catch let error as TransportError {
      // The echo of another rank's failure: that rank says what happened.
      if case .peerFailed = error { throw error }
      throw TransferError(activity: activity, cause: error)
    }
  }
}

extension HostDevice {
  package func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    guard let transport else { preconditionFailure("a message on a device without a transport: \(message)") }
    let region = region(buffer).slice(byteOffset: 0, byteCount: message.bytes.value)
    transport.noted(Activity(message))
    let handle =
      switch message.direction {
      case .send: try transport.send(region, to: message.peer, tag: .message(message.tag))
      case .receive: try transport.receive(into: region, from: message.peer, tag: .message(message.tag))
      }
    inFlight.add(handle, message)
  }

  package func complete(_ message: Message, stream: Program.Stream) throws {
    guard let transport, let handle = inFlight.remove(message) else {
      preconditionFailure("a message is completed that was not posted: \(message)")
    }
    try naming(Activity(message)) { try transport.wait(handle) }
  }

  /// Lets messages under way move on while the program computes; nothing where there are none. A fault found here waits for the
  /// next transfer, because computing cannot fail.
  func progress() {
    guard !inFlight.isEmpty else { return }
    do { try transport?.progress() } catch { inFlight.fault = inFlight.fault ?? error }
  }
}

/// Messages that are posted and not completed.
struct InFlight {
  private struct Key: Hashable {
    var direction: Message.Direction
    var peer, tag: Int
  }
  private var handles: [Key: [MessageHandle]] = [:]
  var fault: (any Error)?

  var isEmpty: Bool { handles.isEmpty }

  mutating func add(_ handle: MessageHandle, _ message: Message) {
    handles[Key(direction: message.direction, peer: message.peer, tag: message.tag), default: []].append(handle)
  }

  /// The oldest message of this direction, peer and tag.
  mutating func remove(_ message: Message) -> MessageHandle? {
    let key = Key(direction: message.direction, peer: message.peer, tag: message.tag)
    guard let handle = handles[key]?.removeFirst() else { return nil }
    if handles[key]!.isEmpty { handles[key] = nil }
    return handle
  }

  func throwFault() throws { if let fault { throw fault } }
}

extension Activity {
  fileprivate init(_ message: Message) {
    let kind: Kind =
      switch message.direction {
      case .send: .send(to: message.peer, tag: message.tag)
      case .receive: .receive(from: message.peer, tag: message.tag)
      }
    self.init(kind, scope: message.scope, count: message.count, type: message.type)
  }
}

extension Reduction {
  fileprivate var combination: Combination {
    switch self {
    case .sum: .sum
    case .maximum: .maximum
    }
  }
}

/// A collective or message that could not be finished.
package struct TransferError: Error, CustomStringConvertible {
  package var activity: Activity
  package var cause: TransportError

  package var description: String { cause.namesActivity ? "\(cause)" : "\(activity): \(cause)" }
}
