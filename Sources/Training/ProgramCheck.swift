package import Mesh
package import Program

/// Holds what a rank really does in every step against its program on shapes alone, of which all predictions are made.
///
/// A step with the program's trace is the step that was simulated, so no step is simulated again.
///
/// - Cost: one comparison of two lists of nodes a step.
package struct ProgramCheck: Sendable {
  package let program: RankProgram
  package let expected: Trace

  package init(_ plan: TrainingPlan, mesh: Mesh, rank: Int) {
    program = RankProgram(plan, mesh: mesh, rank: rank)
    expected = program.trace.unfolded
  }

  /// Nothing if a step's trace is the program's, node for node.
  ///
  /// - Errors: `ProgramMismatch` with the first node that differs.
  package func compare(_ trace: Trace, step: Int) throws(ProgramMismatch) {
    guard trace != expected else { return }
    throw ProgramMismatch(step: step, trace, expected)
  }
}

/// A step that is not the program that was simulated.
package struct ProgramMismatch: Error, Hashable, CustomStringConvertible {
  /// Counted from 1, as a run's lines do.
  package var step: Int
  /// The first node that differs, counted from 0.
  package var place: Int
  /// In the trace's text form; nil past its end.
  package var found, expected: String?

  init(step: Int, _ found: Trace, _ expected: Trace) {
    self.step = step
    place = zip(found.nodes, expected.nodes).prefix { $0 == $1 }.count
    (self.found, self.expected) = (found.line(place), expected.line(place))
  }

  package var description: String {
    """
    step \(step) is not the program that was simulated: node \(place) is \(found ?? "missing"), \
    the program on shapes has \(expected ?? "none there"); no figure of the simulation holds for this run
    """
  }
}

extension Trace {
  /// A node in the text form.
  fileprivate func line(_ place: Int) -> String? {
    guard nodes.indices.contains(place) else { return nil }
    var trace = Trace()
    trace.nodes = [nodes[place]]
    return trace.text.split(separator: "\n").last.map(String.init)
  }
}
