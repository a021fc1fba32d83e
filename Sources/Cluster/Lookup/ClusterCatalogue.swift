import Quantities

/// The clusters that are built in: the files of `configs/clusters`, by name.
package enum ClusterCatalogue {
  /// What they are called, in the order of their GPUs' years.
  package static var names: [String] { entries.map(\.name) }

  /// Other names of a built-in cluster.
  package static func aliases(of name: String) -> [String] { entries.first { $0.name == name }?.aliases ?? [] }

  /// The name of the cluster that a text means: its own, or an alias, in any case and with or without spaces and hyphens.
  ///
  /// - Errors: a text that means none, with the nearest name.
  package static func name(for text: String) throws(ClusterNameError) -> String {
    let wanted = plainName(text)
    if let found = entries.first(where: { $0.spellings.contains { plainName($0) == wanted } }) { return found.name }
    let near = suggestion(for: text, among: entries.flatMap(\.spellings)).map { "did you mean \($0)?" }
    throw ClusterNameError(
      value: text, reason: "is no cluster that is built in",
      hint: near ?? "known: \(names.joined(separator: ", ")); or give the path of a file that ends in .yaml")
  }

  /// The text of a built-in cluster's file.
  static func yaml(of name: String) -> String {
    guard let entry = entries.first(where: { $0.name == name }) else { preconditionFailure("\(name) is not built in") }
    return String(decoding: entry.bytes, as: UTF8.self)
  }

  private struct Entry {
    var name: String
    var aliases: [String]
    var bytes: [UInt8]

    var spellings: [String] { [name] + aliases }
  }

  private static var entries: [Entry] {
    [
      Entry(name: "dgx-1v", aliases: ["dgx-1", "dgx-v100"], bytes: PackageResources.dgx_1v_yaml),
      Entry(name: "dgx-2", aliases: [], bytes: PackageResources.dgx_2_yaml),
      Entry(name: "v100-cloud", aliases: ["8 x V100 cloud", "p3dn.24xlarge"], bytes: PackageResources.v100_cloud_yaml),
      Entry(name: "t4-cloud", aliases: ["8 x T4 cloud", "g4dn.metal"], bytes: PackageResources.t4_cloud_yaml),
      Entry(
        name: "dgx-a100-40", aliases: ["dgx-a100-40gb", "hgx-a100-40"], bytes: PackageResources.dgx_a100_40_yaml),
      Entry(
        name: "dgx-a100-80", aliases: ["dgx-a100-80gb", "dgx-a100", "hgx-a100", "hgx-a100-80"],
        bytes: PackageResources.dgx_a100_80_yaml),
      Entry(name: "ethernet-cluster", aliases: [], bytes: PackageResources.ethernet_cluster_yaml),
      Entry(name: "rtx4090-pcie-4", aliases: ["4 x RTX 4090"], bytes: PackageResources.rtx4090_pcie_4_yaml),
      Entry(name: "l40s-8", aliases: ["8 x L40S"], bytes: PackageResources.l40s_8_yaml),
      Entry(name: "hgx-h100", aliases: ["dgx-h100"], bytes: PackageResources.hgx_h100_yaml),
      Entry(name: "hgx-h200", aliases: ["dgx-h200"], bytes: PackageResources.hgx_h200_yaml),
      Entry(name: "gb200-nvl72", aliases: ["nvl72", "dgx-gb200"], bytes: PackageResources.gb200_nvl72_yaml),
    ]
  }
}
