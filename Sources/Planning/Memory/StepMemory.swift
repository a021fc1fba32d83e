package import Program
package import Quantities

/// Memory of one rank over one step, by walking its trace: what lies between steps, and the moment at which it holds the most.
///
/// Without anything beside the program its peak is the ledger's, to the byte.
package struct StepMemory: Hashable, Sendable {
  /// Held between steps.
  package private(set) var resident: [MemoryCategory: ByteCount]
  package private(set) var atPeak: [MemoryCategory: ByteCount]
  package private(set) var peakTotal: ByteCount
  package private(set) var moment: StepMoment
  /// Activations of the watched size that are live at the peak.
  package private(set) var watchedAtPeak: Int

  /// - Parameters:
  ///   - resident: what the ledger holds before the step, and again after it.
  ///   - beside: what a framework adds.
  ///   - watched: the size of an activation whose share of the peak is asked for; zero for none.
  package init(
    _ trace: Trace, resident: [MemoryCategory: ByteCount], beside: KeptBeside = .nothing,
    watching watched: ByteCount = .zero
  ) {
    var walk = MemoryWalk(resident, beside, watched)
    if beside.gradientsStay { walk.holdGradients(MemoryWalk.mostGradients(trace, resident)) }
    walk.begin()
    self.resident = walk.live
    for node in trace.nodes { walk.take(node) }
    (atPeak, peakTotal, moment) = (walk.atPeak, walk.peak, walk.peakMoment)
    watchedAtPeak = walk.watchedAtPeak
  }
}

/// Live bytes from node to node.
private struct MemoryWalk {
  private(set) var live: [MemoryCategory: ByteCount]
  private(set) var atPeak: [MemoryCategory: ByteCount] = [:]
  private(set) var peak = ByteCount.zero
  private(set) var peakMoment = StepMoment(phase: "")
  private(set) var watchedAtPeak = 0
  private let beside: KeptBeside
  private let watched: ByteCount
  private var watchedNow = 0
  private var total = ByteCount.zero
  private var moment = StepMoment(phase: "")

  init(_ resident: [MemoryCategory: ByteCount], _ beside: KeptBeside, _ watched: ByteCount) {
    (live, self.beside, self.watched) = (resident, beside, watched)
    let parameters = live[.parameters] ?? .zero
    precondition(beside.fewerParameters <= parameters, "\(beside.fewerParameters) of \(parameters) parameters")
    if parameters > .zero { live[.parameters] = parameters - beside.fewerParameters }
    if beside.always > .zero { live[.gradients, default: .zero] += beside.always }
  }

  static func mostGradients(_ trace: Trace, _ resident: [MemoryCategory: ByteCount]) -> ByteCount {
    var now = resident[.gradients] ?? .zero
    var most = now
    for node in trace.nodes {
      switch node {
      case .allocate(let bytes, .gradients): now += bytes
      case .free(let bytes, .gradients): now -= bytes
      default: continue
      }
      most = max(most, now)
    }
    return most
  }

  mutating func holdGradients(_ bytes: ByteCount) { live[.gradients] = bytes + beside.always }

  mutating func begin() {
    total = live.reduce(.zero) { $1.key.isOnDevice ? $0 + $1.value : $0 }
    (peak, atPeak) = (total, live)
  }

  mutating func take(_ node: Trace.Node) {
    switch node {
    case .allocate(let bytes, let category):
      if category == .activations, bytes == watched, watched > .zero { watchedNow += 1 }
      add(bytes, category)
    case .free(let bytes, let category):
      if category == .activations, bytes == watched, watched > .zero { watchedNow -= 1 }
      add(.zero - bytes, category)
    case .phase(let name): moment.phase = name
    case .passage(let passage): enter(passage)
    case .operation, .transfer, .post, .complete, .record, .wait: break
    }
  }

  private mutating func add(_ bytes: ByteCount, _ category: MemoryCategory) {
    if category == .gradients, beside.gradientsStay { return }
    live[category, default: .zero] += bytes
    guard category.isOnDevice else { return }
    total += bytes
    if total > peak { (peak, atPeak, peakMoment, watchedAtPeak) = (total, live, moment, watchedNow) }
  }

  private mutating func enter(_ passage: Passage?) {
    if let left = moment.passage { leave(left) }
    moment.passage = passage
    guard let passage else { return }
    switch passage.kind {
    case .forward: add(beside.inFlight[passage.stage] ?? .zero, .activations)
    case .backward, .backwardInput: add(beside.backward[passage.stage] ?? .zero, .activations)
    case .backwardWeight: break
    }
  }

  private mutating func leave(_ passage: Passage) {
    guard passage.kind == .backward || passage.kind == .backwardInput else { return }
    let gone = (beside.backward[passage.stage] ?? .zero) + (beside.inFlight[passage.stage] ?? .zero)
    add(.zero - gone, .activations)
  }
}
