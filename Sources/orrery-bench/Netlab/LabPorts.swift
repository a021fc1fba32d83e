import EventSimulation
import Quantities

/// A lab's links, and the messages on them: each host's port out and in, and the core for what stays inside a host.
struct LabPorts {
  private struct Pair: Hashable {
    var from, to: Int
  }

  private let lab: Lab
  private var network = ShapedNetwork()
  private var out: [FlowNetwork.Link] = []
  private var into: [FlowNetwork.Link] = []
  private var cores: [FlowNetwork.Link] = []
  private var moving: [FlowNetwork.Flow: LabProgram.Message] = [:]
  private var connections: [Pair: Connection] = [:]
  private var taken: [LabProgram.Message] = []

  /// What one rank has sent another and has not left yet; the first message moves.
  private struct Connection {
    var messages: [(message: LabProgram.Message, bytes: ByteCount)] = []
    /// How many of them the send buffer holds.
    var held = 0
  }

  init(_ lab: Lab, _ costs: LabCosts) {
    self.lab = lab
    for _ in 0..<lab.hosts {
      out.append(network.addLink(lab.goodput, bucket: lab.burst))
      into.append(network.addLink(lab.goodput, bucket: lab.burst))
    }
    if let copy = costs.copy { for _ in 0..<lab.cores { cores.append(network.addLink(copy)) } }
  }

  mutating func nextEnd() -> SimInstant? { network.nextEnd() }

  /// Moves on, and returns the messages whose last byte has left.
  mutating func advance(to time: SimInstant) -> [LabProgram.Message] {
    let ended = network.advance(to: time).map { moving.removeValue(forKey: $0)! }
    for message in ended {
      let pair = Pair(from: message.from, to: message.to)
      connections[pair]!.messages.removeFirst()
      connections[pair]!.held -= 1
      fill(pair)
      if let next = connections[pair]!.messages.first { move(next.message, next.bytes) }
    }
    return ended
  }

  /// Queues a message behind those of its connection.
  mutating func start(_ message: LabProgram.Message, _ bytes: ByteCount) {
    let pair = Pair(from: message.from, to: message.to)
    connections[pair, default: Connection()].messages.append((message, bytes))
    fill(pair)
    if connections[pair]!.messages.count == 1 { move(message, bytes) }
  }

  /// The messages that their connections have taken whole since the last call.
  mutating func take() -> [LabProgram.Message] {
    defer { taken = [] }
    return taken
  }

  /// The buffer takes a message once it has room for all of it, and one that is longer than itself when nothing is before it.
  private mutating func fill(_ pair: Pair) {
    var connection = connections[pair]!
    var used = connection.messages.prefix(connection.held).reduce(0) { $0 + $1.bytes.value }
    for (message, bytes) in connection.messages.dropFirst(connection.held) {
      used += bytes.value
      guard used <= lab.window.value || connection.held == 0 else { break }
      connection.held += 1
      taken.append(message)
    }
    connections[pair] = connection
  }

  private mutating func move(_ message: LabProgram.Message, _ bytes: ByteCount) {
    let (from, to) = (lab.host(of: message.from), lab.host(of: message.to))
    moving[network.start(bytes, over: from == to ? [cores[from % lab.cores]] : [out[from], into[to]])] = message
  }
}
