import Program
import Quantities

/// The memory of a ledger with a place for every category: thousands of stretches go by without a search.
struct HeldMemory {
  /// By the category's place.
  struct Holding {
    private var bytes = [ByteCount?](repeating: nil, count: MemoryCategory.allCases.count)

    init(_ bytes: [MemoryCategory: ByteCount]) {
      for (category, held) in bytes { self.bytes[category.place] = held }
    }

    /// Categories that hold nothing are left out.
    var byCategory: [MemoryCategory: ByteCount] {
      MemoryCategory.allCases.reduce(into: [:]) { $0[$1] = bytes[$1.place] }
    }

    static func + (a: Holding, b: Holding) -> Holding {
      var sum = a
      for place in b.bytes.indices {
        guard let more = b.bytes[place] else { continue }
        let both = (a.bytes[place] ?? .zero) + more
        sum.bytes[place] = both == .zero ? nil : both
      }
      return sum
    }

    /// The most of this and of `peak` above `live`.
    mutating func rise(to peak: Holding, above live: Holding) {
      for place in bytes.indices {
        guard let most = peak.bytes[place] else { continue }
        bytes[place] = max(bytes[place] ?? .zero, (live.bytes[place] ?? .zero) + most)
      }
    }
  }

  private(set) var live, peak, atPeak: Holding
  private(set) var liveTotal, peakTotal: ByteCount

  init(_ ledger: Ledger) {
    (live, peak, atPeak) = (Holding(ledger.live), Holding(ledger.peak), Holding(ledger.atPeak))
    (liveTotal, peakTotal) = (ledger.liveTotal, ledger.peakTotal)
  }

  /// What a stretch of nodes takes and gives back.
  ///
  /// - Returns: whether more is held at once than ever before.
  mutating func goThrough(_ stretch: HeldMemory) -> Bool {
    let rises = liveTotal + stretch.peakTotal > peakTotal
    peak.rise(to: stretch.peak, above: live)
    if rises { (peakTotal, atPeak) = (liveTotal + stretch.peakTotal, live + stretch.atPeak) }
    live = live + stretch.live
    liveTotal += stretch.liveTotal
    return rises
  }
}
