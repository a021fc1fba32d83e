package import Program
package import Quantities

/// Whether every class of ranks fits into a GPU's memory, and what they offload into their host's; if not, where it breaks and what
/// would help.
package struct MemoryVerdict: Hashable, Sendable {
  /// A simulated out-of-memory.
  package struct Shortage: Hashable, Sendable {
    /// Whose memory it is.
    package enum Place: Hashable, Sendable {
      case gpu
      /// A node's, with so many ranks that keep something there.
      case host(ranks: Int)
    }

    package var place: Place
    /// The class of ranks that lacks the most, or the node.
    package var label: String
    package var missing: ByteCount
    package var capacity: ByteCount
    /// The largest category of the program there.
    package var largest: MemoryCategory
    package var moment: StepMoment
    /// What would help, the most first.
    package var advice: [MemoryAdvice]
  }

  /// Of a GPU.
  package var capacity: ByteCount
  /// Of the fullest class; below zero where it does not fit.
  package var free: ByteCount
  /// Of the fullest node; nil where nothing is offloaded.
  package var host: HostMemory?
  /// The GPUs' before the host's; none where everything fits.
  package private(set) var shortages: [Shortage]

  package var shortage: Shortage? { shortages.first }
  package var fits: Bool { shortages.isEmpty }

  /// - Parameters:
  ///   - estimates: one for each class of ranks; at least one.
  ///   - capacity: of a GPU.
  package init(_ estimates: [MemoryEstimate], capacity: ByteCount, layout: LayoutChoices, host: HostMemory? = nil) {
    guard let fullest = estimates.max(by: { $0.total < $1.total }) else { preconditionFailure("no class of ranks") }
    (self.capacity, self.host, free) = (capacity, host, capacity - fullest.total)
    let room = max(.zero, free)
    shortages = [
      fullest.total > capacity ? Shortage(fullest, capacity, layout) : nil,
      host.flatMap { $0.free < .zero ? Shortage($0, layout, room: room) : nil },
    ].compactMap(\.self)
  }
}

extension MemoryVerdict.Shortage {
  fileprivate init(_ fullest: MemoryEstimate, _ capacity: ByteCount, _ layout: LayoutChoices) {
    let missing = fullest.total - capacity
    let onDevice = fullest.memory.atPeak.filter { $0.key.isOnDevice }
    let largest = onDevice.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    self.init(
      place: .gpu, label: fullest.memory.label, missing: missing, capacity: capacity,
      largest: largest?.key ?? .parameters, moment: fullest.memory.moment,
      advice: MemoryAdvice.all(fullest.memory, layout, missing: missing))
  }

  fileprivate init(_ host: HostMemory, _ layout: LayoutChoices, room: ByteCount) {
    let missing = host.used - host.capacity
    self.init(
      place: .host(ranks: host.ranks), label: "the host of node \(host.node)", missing: missing,
      capacity: host.capacity, largest: .offloaded, moment: host.most.moment,
      advice: MemoryAdvice.all(host, layout, room: room, missing: missing))
  }
}

extension MemoryVerdict: CustomStringConvertible {
  package var description: String {
    guard fits else { return shortages.map(\.description).joined(separator: "; ") }
    let beside = host.map { ", and \($0.free) of \($0.capacity) of the fullest node's host memory" } ?? ""
    return "fits: \(free) of \(capacity) are free\(beside)"
  }
}

extension MemoryVerdict.Shortage: CustomStringConvertible {
  package var description: String {
    let part =
      switch place {
      case .gpu: "its largest part is \(largest.rawValue)"
      case .host(let ranks): "\(ranks) \(ranks == 1 ? "rank keeps" : "ranks keep") optimizer state there"
      }
    return "out of memory: \(label) lacks \(missing) of \(capacity) \(moment); \(part)"
  }
}
