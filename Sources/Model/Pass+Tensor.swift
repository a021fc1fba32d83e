import Execution
import Mesh
import Program

/// Partial products of all tensor-parallel ranks on their way to their sum.
struct Summing: ~Copyable {
  fileprivate let partial: Tensor
  fileprivate let arrival: Event?
}

/// Rows of all tensor-parallel ranks on their way to each.
struct Gathering: ~Copyable {
  fileprivate let rows: AllRows
  fileprivate let arrival: Event?
}

/// All rows of a matrix: gathered, or the rank's own where these are all. Those stay their owner's.
struct AllRows: ~Copyable {
  private let gathered: Tensor?
  let view: TensorView

  fileprivate init(own view: TensorView) {
    gathered = nil
    self.view = view
  }

  fileprivate init(_ tensor: consuming Tensor) {
    view = tensor.view
    gathered = consume tensor
  }
}

/// The collectives of tensor and sequence parallelism. They run on a stream of their own: what is launched between begin and finish
/// may overlap with them.
extension Pass {
  private var sums: Bool { partition.size > 1 }
  private var cutsRows: Bool { partition.isSequenceParallel }

  /// Begins to sum partial products [N, H]. Communicates an all-reduce, or under sequence parallelism a reduce-scatter of rows.
  func beginSum(_ partial: consuming Tensor) throws -> Summing {
    guard sums else { return Summing(partial: partial, arrival: nil) }
    executor.wait(executor.record(on: .compute), on: .tensor)
    if cutsRows {
      try communicator!.reduceScatter(partial.view, along: .tensor, on: .tensor)
    } else {
      try communicator!.allReduce(partial.view, along: .tensor, on: .tensor)
    }
    return Summing(partial: partial, arrival: executor.record(on: .tensor))
  }

  /// The sum: all rows [N, H], or this rank's rows.
  func finish(_ summing: consuming Summing) -> Tensor {
    if let arrival = summing.arrival { executor.wait(arrival, on: .compute) }
    guard cutsRows else { return summing.partial }
    let columns = summing.partial.count / rows
    let mine = summing.partial.view[heldRows.lowerBound * columns..<heldRows.upperBound * columns]
    let result = activation([heldRows.count, columns])
    executor.launch(.copy(count: mine.count, type), reading: [mine], writing: [result.view])
    return result
  }

  func sum(_ partial: consuming Tensor) throws -> Tensor { finish(try beginSum(partial)) }

  /// Begins to gather all rows of a matrix that sequence parallelism has cut. Communicates an all-gather; nothing where every rank
  /// has all rows.
  func beginGather(_ rows: TensorView) throws -> Gathering {
    guard cutsRows else { return Gathering(rows: AllRows(own: rows), arrival: nil) }
    let columns = rows.count / heldRows.count
    let whole = activation([self.rows, columns])
    let mine = whole.view[heldRows.lowerBound * columns..<heldRows.upperBound * columns]
    executor.launch(.copy(count: rows.count, type), reading: [rows], writing: [mine])
    executor.wait(executor.record(on: .compute), on: .tensor)
    try communicator!.allGather(whole.view, along: .tensor, on: .tensor)
    return Gathering(rows: AllRows(whole), arrival: executor.record(on: .tensor))
  }

  func finish(_ gathering: consuming Gathering) -> AllRows {
    if let arrival = gathering.arrival { executor.wait(arrival, on: .compute) }
    return gathering.rows
  }

  /// Combines values of every row over the tensor-parallel ranks, in place.
  func combine(_ view: TensorView, _ reduction: Reduction) throws {
    executor.wait(executor.record(on: .compute), on: .tensor)
    try communicator!.allReduceByPairs(view, reduction, along: .tensor, on: .tensor)
    executor.wait(executor.record(on: .tensor), on: .compute)
  }

  func gather(_ rows: TensorView) throws -> AllRows { finish(try beginGather(rows)) }
}
