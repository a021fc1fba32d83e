/// What a matrix product's operands and the work before it mean for the power it draws.
package enum PowerState: String, Hashable, Sendable, CaseIterable, Codable {
  /// Random operands, a cool board: microbenchmarks.
  case burst
  /// Random operands, a board that has been multiplying for seconds: training.
  case sustained
  /// Operands that are nearly all alike: dummy weights.
  case quiet
}
