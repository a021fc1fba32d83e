import BasicContainers
package import Execution
package import Program
package import Quantities

/// Flat tensors, one for each unit that a rank holds: parameters, shards of them, or one state of an optimizer.
package final class UnitTensors {
  private var tensors = UniqueArray<Tensor>()
  private let places: [Int: Int]

  /// - Parameter counts: how many values of each unit, by the unit's number.
  package init(_ counts: [Int: Int], _ type: ScalarType, _ category: MemoryCategory, _ executor: Executor) {
    let units = counts.keys.sorted()
    places = Dictionary(uniqueKeysWithValues: zip(units, units.indices))
    for unit in units { tensors.append(executor.allocate([counts[unit]!], type, category)) }
  }

  package func view(of unit: Int) -> TensorView {
    guard let place = places[unit] else { preconditionFailure("unit \(unit) is not held here") }
    return tensors[place].view
  }
}

/// Tensors that come and go, each in a place of its own.
package final class PassingTensors {
  private var tensors = UniqueArray<Tensor?>()

  package init(places: Int) {
    for _ in 0..<places { tensors.append(nil) }
  }

  package func view(of place: Int) -> TensorView? { tensors[place]?.view }
  package func put(_ tensor: consuming Tensor, _ place: Int) { tensors[place] = consume tensor }
  package func take(_ place: Int) -> Tensor? { tensors[place].take() }
  package func drop(_ place: Int) { tensors[place] = nil }
}
