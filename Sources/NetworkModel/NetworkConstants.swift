import Foundation
import Yams

/// Constants by family of links and of networks; a family without any has its nearest relative's.
package struct NetworkConstants: Hashable, Sendable, Codable {
  package typealias Tables = [String: [String: Double]]

  /// Where the figures come from, and how they were found.
  package var provenance: [String]
  package var links: [String: Tables]
  package var networks: [String: Tables]

  package init(provenance: [String], links: [String: Tables], networks: [String: Tables]) {
    (self.provenance, self.links, self.networks) = (provenance, links, networks)
  }

  /// What is built in.
  package static func builtIn() throws(NetworkError) -> NetworkConstants {
    try NetworkConstants(parsing: String(decoding: PackageResources.network_yaml, as: UTF8.self), file: "network.yaml")
  }

  /// What is expected of any link before anything is measured: where a fit begins that is to be judged.
  package static func priors() throws(NetworkError) -> NetworkConstants {
    try NetworkConstants(parsing: String(decoding: PackageResources.priors_yaml, as: UTF8.self), file: "priors.yaml")
  }

  /// - Errors: `NetworkError` for text of another shape, and for constants that are unknown or out of range.
  package init(parsing text: String, file: String) throws(NetworkError) {
    do { self = try YAMLDecoder().decode(NetworkConstants.self, from: text) } catch {
      throw NetworkError("\(file): holds no network constants: \(error)")
    }
    for (name, tables) in links.merging(networks, uniquingKeysWith: { own, _ in own }) {
      for (table, values) in tables { _ = try PathConstants(values, place: "\(file): \(name): \(table)") }
    }
  }

  /// The text of a file that reads back as these constants, to four digits.
  package var text: String {
    let head = ["provenance:"] + provenance.map { "  - '\($0.replacing("'", with: "''"))'" }
    return (head + section("links", links) + section("networks", networks)).joined(separator: "\n") + "\n"
  }

  private func section(_ name: String, _ families: [String: Tables]) -> [String] {
    ["\(name):"]
      + families.sorted { $0.key < $1.key }.flatMap { family, tables in
        ["  \(family):"]
          + tables.sorted { $0.key < $1.key }.map { table, values in
            let cells = values.sorted { $0.key < $1.key }.map { "\($0.key): \(String(format: "%.4g", $0.value))" }
            return "    \(table): { \(cells.joined(separator: ", ")) }"
          }
      }
  }
}

extension NetworkConstants {
  /// The family whose tables a link is given: its own, or its nearest relative's; nil where none has any.
  package func source(of family: NodeLink.Family) -> NodeLink.Family? {
    family.nearest.first { links[$0.rawValue] != nil }
  }

  /// The same of networks, whose only substitute is InfiniBand.
  package func source(of family: NodeNetwork.Family) -> NodeNetwork.Family? {
    [family, .infiniband].first { networks[$0.rawValue] != nil }
  }
}

extension NetworkConstants {
  /// - Errors: `NetworkError` where no relative has the table either.
  func path(_ table: String, of family: NodeLink.Family) throws(NetworkError) -> PathConstants {
    for near in family.nearest {
      if let values = links[near.rawValue]?[table] {
        return try PathConstants(values, place: "\(near.rawValue): \(table)")
      }
    }
    throw NetworkError("no family of links has constants for \(table)")
  }

  /// - Errors: `NetworkError` where InfiniBand has none either.
  func wire(_ family: NodeNetwork.Family) throws(NetworkError) -> PathConstants {
    for near in [family, .infiniband] {
      if let values = networks[near.rawValue]?["wire"] { return try PathConstants(values, place: near.rawValue) }
    }
    throw NetworkError("no constants for \(family.rawValue)")
  }
}
