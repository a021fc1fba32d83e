package import Collectives
package import Mesh
package import Program

/// Collectives and messages among ranks. Carries no state but who we are.
package struct Communicator {
  package let mesh: Mesh
  package let rank: Int
  private let executor: Executor
  private let groups: ScopeGroups
  /// Who schedules an all-reduce; the other collectives are rings, whose cut into shards is the all-reduce ring's.
  private let allReduceAlgorithm: TransferAlgorithm

  package init(mesh: Mesh, rank: Int, executor: Executor, allReduce: TransferAlgorithm = .schedule(.ring)) {
    (self.mesh, self.rank, self.executor, allReduceAlgorithm) = (mesh, rank, executor, allReduce)
    groups = ScopeGroups(mesh, rank)
  }

  /// Ranks of a scope.
  package func size(_ scope: Scope) -> Int { groups[scope].ranks.count }
  /// This rank's place in a scope.
  package func position(in scope: Scope) -> Int { groups[scope].position }
  package func coordinate(_ axis: Axis) -> Int { mesh.coordinate(of: rank, along: axis) }

  /// Every rank ends with the sum over the ranks of `scope`, the same bits on each.
  package func allReduce(_ view: TensorView, along scope: Scope, on stream: Program.Stream) throws {
    try run(.allReduce, allReduceAlgorithm, view, scope, stream)
  }

  /// The same with an order of additions that does not depend on where a value lies in the view, where ranks are a power of two.
  package func allReduceByPairs(
    _ view: TensorView, _ reduction: Reduction = .sum, along scope: Scope, on stream: Program.Stream
  ) throws {
    try run(.allReduce, .schedule(.recursive), view, scope, stream, reduction)
  }

  /// The same among ranks that a schedule chose, on the books of `scope`.
  package func allReduceByPairs(
    _ view: TensorView, among group: [Int], as scope: Scope, on stream: Program.Stream
  ) throws {
    try run(.allReduce, .schedule(.recursive), view, scope, stream, among: group)
  }

  /// Rank r of the scope ends with the sum of shard r; the rest of the view is undefined.
  package func reduceScatter(_ view: TensorView, along scope: Scope, on stream: Program.Stream) throws {
    try run(.reduceScatter, .schedule(.ring), view, scope, stream)
  }

  /// Every rank ends with all shards; rank r brings shard r.
  package func allGather(
    _ view: TensorView, along scope: Scope, _ algorithm: CollectiveAlgorithm = .ring, on stream: Program.Stream
  ) throws {
    try run(.allGather, .schedule(algorithm), view, scope, stream)
  }

  /// The part of `count` values that this rank owns in `scope`.
  package func shard(of count: Int, along scope: Scope) -> Range<Int> {
    CollectiveSchedule.shard(position(in: scope), of: size(scope), count: count)
  }

  private func run(
    _ kind: CollectiveKind, _ algorithm: TransferAlgorithm, _ view: TensorView, _ scope: Scope,
    _ stream: Program.Stream, _ reduction: Reduction = .sum, among members: [Int]? = nil
  ) throws {
    let group = members.map { ScopeGroups.Group(ranks: $0, position: $0.firstIndex(of: rank)!) } ?? groups[scope]
    guard group.ranks.count > 1 else { return }
    let transfer = Transfer(
      kind, scope: scope, algorithm: algorithm, group: group.ranks, position: group.position, count: view.count,
      type: view.type, reduction: reduction)
    try executor.communicate(transfer, view, on: stream)
  }
}

extension Communicator {
  /// Posts a message that leaves `view`, which must stay as it is until the message is completed.
  package func send(
    _ view: TensorView, to peer: Int, tag: Int, in scope: Scope, on stream: Program.Stream = .pipeline
  ) throws -> Message {
    try post(.send, view, peer, tag, scope, stream)
  }

  /// Posts a message that arrives in `view`, whose values are undefined until the message is completed.
  package func receive(
    _ view: TensorView, from peer: Int, tag: Int, in scope: Scope, on stream: Program.Stream = .pipeline
  ) throws -> Message {
    try post(.receive, view, peer, tag, scope, stream)
  }

  private func post(
    _ direction: Message.Direction, _ view: TensorView, _ peer: Int, _ tag: Int, _ scope: Scope,
    _ stream: Program.Stream
  ) throws -> Message {
    let message = Message(direction, scope: scope, peer: peer, tag: tag, count: view.count, type: view.type)
    try executor.post(message, view, on: stream)
    return message
  }

  package func complete(_ message: Message, on stream: Program.Stream = .pipeline) throws {
    try executor.complete(message, on: stream)
  }
}
