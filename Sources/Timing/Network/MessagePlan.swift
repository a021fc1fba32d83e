import Cluster
import NetworkModel
import Quantities

/// All groups' messages with their routes: ranks numbered through the groups, links through those in use.
struct MessagePlan {
  /// A way from one rank to another, with what a message over it takes when it is alone.
  struct Channel {
    /// Numbers of links in use.
    var links: [Int]
    var delay: SimDuration
    var rate: Bandwidth

    /// Rounded up to a picosecond, as flows end.
    func duration(_ bytes: ByteCount) -> SimDuration {
      delay
        + SimDuration(picoseconds: Int((Double(bytes.value) / rate.bytesPerSecond * 1e12).rounded(.up)))
    }
  }

  struct Message {
    var from, to: Int
    /// Of one piece.
    var bytes: ByteCount
    var channel: Int
  }

  struct Phase {
    /// Of all groups' messages; those of one sender lie together.
    var messages: Range<Int>
    var repeats: Int
  }

  /// First ranks of the groups, and the end of the last.
  private(set) var firstRanks = [0]
  /// Of each group, in their order.
  private(set) var phases: [[Phase]] = []
  private(set) var messages: [Message] = []
  private(set) var channels: [Channel] = []
  /// By the number of a link in use: its number in the topology, and its payload rate.
  private(set) var links: [Int] = []
  private(set) var capacities: [Bandwidth] = []
  let pieces: Int

  var ranks: Int { firstRanks[firstRanks.count - 1] }

  init(_ groups: [CollectiveSimulation.Group], _ topology: Topology, pieces: Int) throws(NetworkError) {
    self.pieces = pieces
    var builder = ChannelBuilder(topology)
    for group in groups {
      try group.check(topology)
      let first = ranks
      var own: [Phase] = []
      for phase in group.pattern.phases {
        let start = messages.count
        for message in phase.messages {
          messages.append(try Message(message, group, first, pieces, &builder))
        }
        own.append(Phase(messages: start..<messages.count, repeats: phase.repeats))
      }
      phases.append(own)
      firstRanks.append(first + group.pattern.ranks)
    }
    (channels, links) = (builder.channels, builder.links)
    capacities = links.map { topology.links[$0].achieved }
  }

  /// Bytes over each link of the topology, by the messages alone.
  var carried: [Int: ByteCount] {
    var result = Array(repeating: 0, count: links.count)
    for phase in phases.joined() {
      for message in messages[phase.messages] {
        for link in channels[message.channel].links { result[link] += message.bytes.value * phase.repeats * pieces }
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(links, result.map(ByteCount.init)))
  }

  func byGroup<Value>(_ values: [Value]) -> [[Value]] {
    zip(firstRanks, firstRanks.dropFirst()).map { Array(values[$0..<$1]) }
  }
}

extension MessagePlan.Message {
  fileprivate init(
    _ message: MessagePattern.Message, _ group: CollectiveSimulation.Group, _ first: Int, _ pieces: Int,
    _ builder: inout ChannelBuilder
  ) throws(NetworkError) {
    guard message.bytes.value.isMultiple(of: pieces) else {
      throw NetworkError(
        "a message of \(message.bytes.value) bytes cannot be cut into \(pieces) equal pieces; use a divisor")
    }
    self.init(
      from: first + message.from, to: first + message.to, bytes: ByteCount(message.bytes.value / pieces),
      channel: try builder.channel(group.gpus[message.from], group.gpus[message.to], message.way))
  }
}

extension CollectiveSimulation.Group {
  fileprivate func check(_ topology: Topology) throws(NetworkError) {
    let room = topology.description.gpus
    guard gpus.count == pattern.ranks, Set(gpus).count == gpus.count else {
      throw NetworkError("\(pattern.ranks) ranks on \(Set(gpus).count) GPUs: each rank needs one of its own")
    }
    let domain = topology.description.gpusPerNode * topology.description.nodeFabric.nodesPerDomain
    let usesSwitch = pattern.phases.contains { $0.messages.contains { $0.way != .route } }
    guard !usesSwitch || Set(gpus.map { $0 / domain }).count == 1 else {
      throw NetworkError("a switch sums for the \(domain) GPUs of one NVLink domain; use a hierarchical all-reduce")
    }
    if let stranger = gpus.first(where: { !(0..<room).contains($0) }) {
      throw NetworkError("GPU \(stranger): \(topology.description.name) has GPUs 0 to \(room - 1)")
    }
  }
}
