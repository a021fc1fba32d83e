import Cluster
import Measurements

/// What a row says of the cards that join its nodes, in the words of train_throughput.csv: `8x400Gb NDR IB`,
/// `inter-node 1600 Gbps RoCE`, `400Gb/GPU NDR`.
struct TrainNetwork {
  /// Nil where the row does not say.
  let cards: Int?
  /// Of one card, in Gbit/s.
  let gigabits: Int?
  private let fabric: Fabric

  private enum Fabric { case infiniband, roce, efa, tcpx }

  init(_ text: String, gpusPerNode: Int) {
    let words = text.lowercased()
    fabric =
      words.contains("tcpx")
      ? .tcpx
      : words.contains("efa")
        ? .efa : ["roce", "ethernet"].contains(where: words.contains) ? .roce : .infiniband
    if let match = text.firstMatch(of: /(\d+)\s?x\s?(\d+)\s?Gb/), let count = Int(match.1), let rate = Int(match.2) {
      // Cards that serve one GPU are one of their joint rate.
      let joint = count > gpusPerNode && count.isMultiple(of: gpusPerNode) ? count / gpusPerNode : 1
      (cards, gigabits) = (count / joint, rate * joint)
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
    switch fabric {
    case .infiniband:
      let names = [100: "InfiniBand EDR", 200: "InfiniBand HDR", 400: "InfiniBand NDR", 800: "InfiniBand XDR"]
      return names[gigabits] ?? "InfiniBand \(gigabits)"
    case .roce: return "RoCE \(gigabits)"
    // The first generation has four cards of 100 Gbit/s.
    case .efa: return gigabits * (cards ?? 1) >= 1600 ? "EFA v2 \(gigabits)" : "EFA \(gigabits)"
    case .tcpx: return "GPUDirect-TCPX \(gigabits)"
    }
  }
}
