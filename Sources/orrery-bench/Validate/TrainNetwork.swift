import Cluster
import Measurements

/// What a row says of the cards that join its nodes, in the words of train_throughput.csv: `8x400Gb NDR IB`,
/// `inter-node 1600 Gbps RoCE`, `400Gb/GPU NDR`.
struct TrainNetwork {
  /// Nil where the row does not say.
  let cards: Int?
  /// Of one card, in Gbit/s.
  let gigabits: Int?
  let isRoCE: Bool

  init(_ text: String, gpusPerNode: Int) {
    isRoCE = ["roce", "efa", "ethernet"].contains(where: text.lowercased().contains)
    if let match = text.firstMatch(of: /(\d+)\s?x\s?(\d+)\s?Gb/) {
      (cards, gigabits) = (Int(match.1), Int(match.2))
    } else if let match = text.firstMatch(of: /(\d+)\s?Gb\/GPU/) {
      (cards, gigabits) = (gpusPerNode, Int(match.1))
    } else if let match = text.firstMatch(of: /(\d+)\s?Gbps/), let total = Int(match.1) {
      // A node's sum: over as many cards as make a rate that is sold.
      cards = [8, 4, 2, 1].first { $0 <= gpusPerNode && total % $0 == 0 && Self.rates.contains(total / $0) }
      gigabits = cards.map { total / $0 }
    } else {
      (cards, gigabits) = (nil, nil)
    }
  }

  private static let rates: Set = [100, 200, 400]

  /// The catalogue's name of a card's link; nil where the row does not say its rate.
  var linkName: String? {
    guard let gigabits else { return nil }
    if isRoCE { return "RoCE \(gigabits)" }
    let names = [100: "InfiniBand EDR", 200: "InfiniBand HDR", 400: "InfiniBand NDR", 800: "InfiniBand XDR"]
    return names[gigabits] ?? "InfiniBand \(gigabits)"
  }
}
