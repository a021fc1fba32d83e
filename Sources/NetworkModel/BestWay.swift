/// The way that is taken, of those that are weighed one after the other: the first of the least weight.
struct BestWay {
  let isTuner: Bool
  /// The only ones to consider, if given.
  let algorithm: CollectiveTime.Algorithm?
  let wireProtocol: CollectiveTime.WireProtocol?
  private var all: (way: CollectiveCandidate, weight: Double)?
  private var withoutSimpleRing: (way: CollectiveCandidate, weight: Double)?
  private var canSumInSwitch = false

  init(isTuner: Bool, algorithm: CollectiveTime.Algorithm?, wireProtocol: CollectiveTime.WireProtocol?) {
    (self.isTuner, self.algorithm, self.wireProtocol) = (isTuner, algorithm, wireProtocol)
  }

  /// NCCL does not weigh the Simple ring where the switch can sum, unless it is told what to take.
  var best: CollectiveCandidate? {
    isTuner && algorithm == nil && canSumInSwitch ? withoutSimpleRing?.way : all?.way
  }

  mutating func weigh(_ way: CollectiveCandidate) {
    guard algorithm ?? way.algorithm == way.algorithm, wireProtocol ?? way.wireProtocol == way.wireProtocol else {
      return
    }
    if way.algorithm == .inSwitch { canSumInSwitch = true }
    let factor = isTuner ? way.bias : 1
    // No way takes less than the longer of its parts, and most of the price is in adding them.
    let least = factor * max(way.latency, way.transfer)
    guard least < max(all?.weight ?? .infinity, withoutSimpleRing?.weight ?? .infinity) else { return }
    let weight = factor * way.seconds
    if all.map({ weight < $0.weight }) ?? true { all = (way, weight) }
    guard way.algorithm != .ring || way.wireProtocol != .simple else { return }
    if withoutSimpleRing.map({ weight < $0.weight }) ?? true { withoutSimpleRing = (way, weight) }
  }
}
