import Execution
package import Model
import Program

extension Trainer {
  /// Where values of logical parameters come from: values `range` of a parameter, in row-major order of its whole shape.
  package typealias ValueSource = (_ parameter: ParameterSpec, _ range: Range<Int>) throws -> [Double]

  /// Sets parameters, and master weights where there are any, from logical values; each rank takes what it holds.
  package func write(_ source: ValueSource) rethrows {
    guard executor.device.computes else { return }
    for unit in layout.ownUnits {
      let (view, range) = parameters.kept(unit)
      try write(source, to: view, range, of: unit)
      if let masters = optimizer.masters {
        try write(source, to: masters.view(of: unit), layout.updated(unit), of: unit)
      }
    }
  }

  /// Sets one state of the optimizer from logical values.
  func writeState(_ index: Int, _ source: ValueSource) rethrows {
    for unit in layout.ownUnits {
      try write(source, to: optimizer.states[index].view(of: unit), layout.updated(unit), of: unit)
    }
  }

  /// A million values at a time.
  private func write(_ source: ValueSource, to view: TensorView, _ range: Range<Int>, of unit: Int) rethrows {
    for piece in layout.model.units[unit].pieces(in: range) {
      for start in stride(from: 0, to: piece.count, by: 1 << 20) {
        let part = start..<min(start + 1 << 20, piece.count)
        let values = try source(
          piece.parameter, piece.logical + part.lowerBound..<piece.logical + part.upperBound)
        executor.write(values, to: view[piece.offset + part.lowerBound..<piece.offset + part.upperBound])
      }
    }
  }

  /// The values that this rank's optimizer updates, in the widest type that it has of them.
  func masterView(_ unit: Int) -> TensorView { optimizer.masters?.view(of: unit) ?? parameters.updated(unit) }
}
