import Cluster
import NetworkModel
import Quantities

extension Interconnect {
  /// From the words of a row's `intra_link`, `inter_link` and `nic_gbps_per_node`.
  ///
  /// - Parameter gpu: whose NVLink is meant where the words leave it open.
  /// - Errors: words that name no link, and several nodes whose cards are not stated.
  init(_ row: CSVTable.Row, _ gpu: GPU?) throws(MeasurementError) {
    let words = row["intra_link"].lowercased()
    let nvlink = gpu?.nvlink.map { Bandwidth($0.bytesPerSecond / 2) }
    let isBridged = words.contains("bridge")
    let family = try NodeLink.Family(words, isBridged: isBridged, gpu)
    let stated = family.isPCIe ? nil : Bandwidth(perDirectionIn: words) ?? nvlink
    let link = NodeLink(
      family, bandwidth: stated, domain: words.contains("nvl72") ? 72 : 8, mesh: LinkMesh(words))
    let bridge = isBridged ? NodeLink(.bridge, bandwidth: nvlink) : nil
    let isOneDomain = ["", "1"].contains(row["n_nodes"]) || link.domain > 8
    self.init(link, bridge: bridge, network: isOneDomain ? nil : try NodeNetwork(row))
  }
}

extension NodeLink.Family {
  /// A bridged board is linked by PCIe; words without a number mean the NVLink of the GPU's generation.
  fileprivate init(_ words: String, isBridged: Bool, _ gpu: GPU?) throws(MeasurementError) {
    let named = Self.allCases.filter { words.contains($0.rawValue) && $0 != .bridge }
    let usual = words.isEmpty || words.contains("nvlink") || words.contains("nvswitch") ? gpu?.nvlinkFamily : nil
    guard let family = named.first(where: { $0.isPCIe == isBridged }) ?? named.first ?? usual else {
      throw MeasurementError("intra_link '\(words)' names no generation of NVLink or PCIe")
    }
    self = family
  }
}

extension GPU {
  /// Nil where the board has none.
  fileprivate var nvlinkFamily: NodeLink.Family? {
    guard nvlink != nil else { return nil }
    return switch generation {
    case .pascal: .nvlink1
    case .volta: .nvlink2
    case .ampere: .nvlink3
    case .hopper: .nvlink4
    case .blackwell: .nvlink5
    default: nil
    }
  }
}

extension LinkMesh {
  /// Nil where switches join the GPUs.
  fileprivate init?(_ words: String) {
    if words.contains("cube") || words.contains("dgx-1") {
      self = .cubeMesh
    } else if words.contains("fully connected 4") {
      self = .full(4, linksPerPair: 4)
    } else {
      return nil
    }
  }
}

extension Bandwidth {
  /// `300GB/s/dir`.
  fileprivate init?(perDirectionIn words: String) {
    guard let word = words.split(separator: " ").first(where: { $0.hasSuffix("gb/s/dir") }),
      let number = Double(word.dropLast("gb/s/dir".count)), number > 0
    else { return nil }
    self.init(number * 1e9)
  }
}

extension NodeNetwork {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    guard let gigabits = Double(row["nic_gbps_per_node"]), gigabits > 0, gigabits < 1e6 else {
      throw MeasurementError("nic_gbps_per_node '\(row["nic_gbps_per_node"])': the rate between nodes is not stated")
    }
    let family = try Family(row["inter_link"].lowercased(), gigabits)
    self.init(family, bandwidth: Bandwidth(gigabits / 8 * 1e9))
  }
}

extension NodeNetwork.Family {
  /// A source that names no fabric but hundreds of Gbit/s a card has InfiniBand, usually.
  fileprivate init(_ words: String, _ gigabits: Double) throws(MeasurementError) {
    if words.contains("omnipath") || words.contains("omni-path") {
      throw MeasurementError("inter_link '\(words)': Omni-Path is not modelled")
    } else if words.contains("tcpx") {
      self = .tcpx
    } else if words.contains("efa") {
      self = gigabits >= 1600 ? .efa2 : .efa
    } else if words.contains("roce") {
      self = .roce
    } else if words.contains("ethernet") || words.contains("tcp") {
      self = .ethernet
    } else {
      self = .infiniband
    }
  }
}
