import Collectives
package import Mesh
package import Program

/// Collectives among the ranks that differ along one axis. Carries no state but who we are.
package struct Communicator {
  package let mesh: Mesh
  package let rank: Int
  private let executor: Executor
  /// Who schedules an all-reduce; the other collectives are rings, whose cut into shards is the all-reduce ring's.
  private let allReduceAlgorithm: TransferAlgorithm

  package init(mesh: Mesh, rank: Int, executor: Executor, allReduce: TransferAlgorithm = .schedule(.ring)) {
    (self.mesh, self.rank, self.executor, allReduceAlgorithm) = (mesh, rank, executor, allReduce)
  }

  package func size(_ axis: Axis) -> Int { mesh.size(axis) }
  package func coordinate(_ axis: Axis) -> Int { mesh.coordinate(of: rank, along: axis) }

  /// Every rank ends with the sum over the ranks of `axis`, the same bits on each.
  package func allReduce(_ view: TensorView, along axis: Axis, on stream: Program.Stream) throws {
    try run(.allReduce, allReduceAlgorithm, view, axis, stream)
  }

  /// Rank r of the axis ends with the sum of shard r; the rest of the view is undefined.
  package func reduceScatter(_ view: TensorView, along axis: Axis, on stream: Program.Stream) throws {
    try run(.reduceScatter, .schedule(.ring), view, axis, stream)
  }

  /// Every rank ends with all shards; rank r brings shard r.
  package func allGather(_ view: TensorView, along axis: Axis, on stream: Program.Stream) throws {
    try run(.allGather, .schedule(.ring), view, axis, stream)
  }

  /// The part of `count` values that this rank owns along `axis`.
  package func shard(of count: Int, along axis: Axis) -> Range<Int> {
    CollectiveSchedule.shard(coordinate(axis), of: size(axis), count: count)
  }

  private func run(
    _ kind: CollectiveKind, _ algorithm: TransferAlgorithm, _ view: TensorView, _ axis: Axis, _ stream: Program.Stream
  ) throws {
    let transfer = Transfer(
      kind, axis: axis, algorithm: algorithm, group: mesh.group(of: rank, along: axis), position: coordinate(axis),
      count: view.count, type: view.type)
    try executor.communicate(transfer, view, on: stream)
  }
}
