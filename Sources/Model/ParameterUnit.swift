package import Execution
package import Mesh

/// How a parameter begins: from the seed and its logical name alone, never from the layout.
package enum Initialization: Hashable, Sendable {
  case normal(deviation: Double)
  case constant(Double)
}

/// One logical parameter, under the name that Hugging Face's files use.
package struct ParameterSpec: Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  package var initialization: Initialization
  /// Whether weight decay applies: to matrices, not to biases and norms.
  package var decays: Bool
  package var sharding: Sharding

  package init(
    _ name: String, _ shape: [Int], _ initialization: Initialization, decays: Bool, sharding: Sharding = .replicated
  ) {
    (self.name, self.shape, self.initialization) = (name, shape, initialization)
    (self.decays, self.sharding) = (decays, sharding)
  }

  package var count: Int { shape.reduce(1, *) }
}

/// Names a parameter of its unit.
package struct ParameterID: Hashable, Sendable {
  fileprivate var index: Int
}

/// Parameters that live in one flat buffer: a layer, the embeddings, the head. What decays lies before what does not, so that the
/// optimizer treats each in one stroke.
package struct ParameterUnit: Sendable {
  package let name: String
  package private(set) var parameters: [ParameterSpec] = []

  package init(_ name: String) { self.name = name }

  package mutating func add(_ parameter: ParameterSpec) -> ParameterID {
    parameters.append(parameter)
    return ParameterID(index: parameters.count - 1)
  }

  package var count: Int { parameters.reduce(0) { $0 + $1.count } }
  /// Values, from the first, that weight decay applies to.
  package var decayedCount: Int { parameters.filter(\.decays).reduce(0) { $0 + $1.count } }

  /// Where each parameter lies in the flat buffer, in the order of `parameters`.
  package var ranges: [Range<Int>] {
    var next = (decayed: 0, plain: decayedCount)
    return parameters.map { parameter in
      let start = parameter.decays ? next.decayed : next.plain
      if parameter.decays { next.decayed += parameter.count } else { next.plain += parameter.count }
      return start..<start + parameter.count
    }
  }
}

/// The values of a unit's parameters.
package struct Parameters {
  package let view: TensorView
  private let ranges: [Range<Int>]

  package init(_ unit: ParameterUnit, _ view: TensorView) {
    precondition(view.count == unit.count, "\(unit.name) has \(unit.count) values, not \(view.count)")
    (self.view, ranges) = (view, unit.ranges)
  }

  package subscript(id: ParameterID) -> TensorView { view[ranges[id.index]] }
}

/// Where a unit's gradients go, and whether they are added to what earlier micro-batches left there.
package struct Gradients {
  private let values: Parameters
  package let accumulate: Bool

  package init(_ unit: ParameterUnit, _ view: TensorView, accumulate: Bool) {
    (values, self.accumulate) = (Parameters(unit, view), accumulate)
  }

  package subscript(id: ParameterID) -> TensorView { values[id] }
  package var view: TensorView { values.view }
}

/// Lends the parameters of each unit while a pass needs them.
package protocol ParameterSource: AnyObject {
  func parameters(of unit: Int) -> Parameters
}

/// Takes the gradients of each unit. A unit's memory exists from its first gradient on.
package protocol GradientSink: AnyObject {
  func gradients(of unit: Int) -> Gradients
  /// No more gradients of this unit will come in this micro-batch.
  func finished(_ unit: Int) throws
}
