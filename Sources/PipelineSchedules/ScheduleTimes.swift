/// How long actions take, in any one unit of time.
///
/// Times are of a full stage: of all chunks of a rank together, so a chunk takes 1/v. A bidirectional schedule's rank holds
/// two whole stages, and each takes the full time.
package struct ScheduleTimes: Hashable, Sendable {
  package var forward: Double
  package var backwardInput: Double
  package var backwardWeight: Double
  /// A message from one rank to another, from the end of an action to the start of the one that takes it.
  package var hop: Double
  /// A forward beside a full backward; nil for as long as one after the other.
  package var overlapped: Double?

  package init(
    forward: Double = 1, backwardInput: Double = 1, backwardWeight: Double = 1, hop: Double = 0,
    overlapped: Double? = nil
  ) {
    self.forward = forward
    self.backwardInput = backwardInput
    self.backwardWeight = backwardWeight
    self.hop = hop
    self.overlapped = overlapped
  }

  /// A full backward.
  package var backward: Double { backwardInput + backwardWeight }

  /// An action of a full stage.
  package func time(_ kind: Action.Kind) -> Double {
    switch kind {
    case .forward: forward
    case .backward: backward
    case .backwardInput: backwardInput
    case .backwardWeight: backwardWeight
    }
  }

  /// A cell of full stages.
  package func time(_ cell: Cell) -> Double {
    if let overlapped, cell.isOverlapped { return overlapped }
    return cell.reduce(0) { $0 + time($1.kind) }
  }
}
