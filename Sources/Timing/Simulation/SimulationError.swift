/// Ranks that wait for each other for ever: their traces do not fit together.
package struct SimulationError: Error, CustomStringConvertible {
  package var stuck: [(label: String, item: Int)]

  init(_ stuck: [(label: String, item: Int)]) { self.stuck = stuck }

  package var description: String {
    "the step does not end: "
      + stuck.map { "\($0.label) waits at item \($0.item) of its trace" }.joined(separator: ", ")
  }
}
