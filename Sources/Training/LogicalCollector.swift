import Execution
import Foundation
import Mesh
import Model
import Program
import Quantities

/// Puts logical tensors together on the first rank, whatever the layout: unit by unit, every rank that holds a part sends it.
///
/// - Communicates: each value that the first rank does not hold, once, over the world; of tensor-parallel ranks, replicated parameters
///   too.
/// - Memory: on the first rank one unit of a peer as a communication buffer; whole tensors of one unit in the host's memory.
struct LogicalCollector {
  let plan: TrainingPlan
  let layout: Layout
  let executor: Executor
  let communicator: Communicator

  /// - Parameters:
  ///   - view: what this rank's optimizer updates of a unit.
  ///   - emit: on the first rank, receives every parameter with its values' bytes, in the order of the units.
  func collect(_ view: (_ unit: Int) -> TensorView, emit: (ParameterSpec, Data) throws -> Void) throws {
    guard layout.rank == 0 else { return try send(view) }
    let peers = (0..<layout.mesh.count).map { Layout(plan, mesh: layout.mesh, rank: $0) }
    for (number, unit) in layout.model.units.enumerated() where !unit.isCopy {
      var whole = unit.parameters.map { Data(count: $0.count * view(layout.ownUnits[0]).type.size) }
      for peer in peers where peer.contributes(number) {
        let bytes = peer.rank == 0 ? executor.read(view(number)) : try receive(number, from: peer, like: view)
        guard let bytes else { continue }
        scatter(bytes, of: peer, number, into: &whole)
      }
      for (parameter, bytes) in zip(unit.parameters, whole) { try emit(parameter, bytes) }
    }
  }

  private func send(_ view: (_ unit: Int) -> TensorView) throws {
    for unit in layout.ownUnits where layout.contributes(unit) {
      let message = try communicator.send(view(unit), to: 0, tag: unit, in: .world, on: .compute)
      try communicator.complete(message, on: .compute)
    }
  }

  private func receive(_ unit: Int, from peer: Layout, like view: (_ unit: Int) -> TensorView) throws -> Data? {
    let buffer = executor.allocate([peer.updated(unit).count], view(layout.ownUnits[0]).type, .communication)
    let message = try communicator.receive(buffer.view, from: peer.rank, tag: unit, in: .world, on: .compute)
    try communicator.complete(message, on: .compute)
    return executor.read(buffer.view)
  }

  private func scatter(_ bytes: Data, of peer: Layout, _ number: Int, into whole: inout [Data]) {
    let unit = peer.model.units[number]
    let size = whole[0].count / unit.parameters[0].count
    let places = Dictionary(uniqueKeysWithValues: unit.parameters.enumerated().map { ($1.name, $0) })
    for piece in unit.pieces(in: peer.updated(number)) {
      let part = bytes[bytes.startIndex + piece.offset * size..<bytes.startIndex + (piece.offset + piece.count) * size]
      let place = places[piece.parameter.name]!
      whole[place].replaceSubrange(piece.logical * size..<(piece.logical + piece.count) * size, with: part)
    }
  }
}

extension Layout {
  /// Whether this rank's part of a unit is one that logical tensors are put together from.
  func contributes(_ unit: Int) -> Bool {
    let isFirstCopy = zero.stage > 0 ? !isReplica : mesh.coordinate(of: rank, along: .data) == 0
    return isFirstCopy && ownUnits.contains(unit) && !model.units[unit].isCopy && updated(unit).count > 0
  }
}
