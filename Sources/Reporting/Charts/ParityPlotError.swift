/// Why a plot cannot be drawn: which point or group, which value, and the way out.
package struct ParityPlotError: Error, Hashable, Sendable, CustomStringConvertible {
  package var reason: String

  package init(reason: String) { self.reason = reason }

  package var description: String { "parity plot: \(reason)" }
}
