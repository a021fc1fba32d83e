import Cluster
import NetworkModel

extension NodeLink.Family {
  /// The generation of an NVLink, by the first word of its name that is a number.
  ///
  /// - Errors: `NetworkError` for another kind of link, and for a generation that is not modelled.
  init(nvlink link: Link, of cluster: String) throws(NetworkError) {
    try self.init(link, of: cluster, .nvlink, prefix: "nvlink", NodeLink.Family.allCases.filter { !$0.isPCIe })
  }

  /// The generation of a PCIe slot.
  ///
  /// - Errors: as of an NVLink.
  init(pcie link: Link, of cluster: String) throws(NetworkError) {
    try self.init(link, of: cluster, .pcie, prefix: "pcie", NodeLink.Family.allCases.filter(\.isPCIe))
  }

  private init(
    _ link: Link, of cluster: String, _ kind: Link.Kind, prefix: String, _ families: [NodeLink.Family]
  ) throws(NetworkError) {
    let number = link.name.split { !$0.isNumber }.first.map(String.init) ?? ""
    guard link.kind == kind, let family = families.first(where: { $0.rawValue == prefix + number }) else {
      let known = families.filter { $0 != .bridge }.map(\.rawValue).joined(separator: ", ")
      throw NetworkError(
        "\(cluster): '\(link.name)' (\(link.kind.rawValue)) is not modelled between GPUs; modelled here: \(known); "
          + "describe the nearest of them with this link's bandwidth")
    }
    self = family
  }
}
