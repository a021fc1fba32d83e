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
    do { try self.init(FileNode(yaml: text)) } catch {
      throw NetworkError("\(file): holds no network constants: \(error)")
    }
    for (name, tables) in [links, networks].joined().sorted(by: { $0.key < $1.key }) {
      for (table, values) in tables.sorted(by: { $0.key < $1.key }) {
        _ = try PathConstants(values, place: "\(file): \(name): \(table)")
      }
    }
  }

  private init(_ root: FileNode) throws(FileMisfit) {
    provenance = try root.member("provenance") { node throws(FileMisfit) in try node.list() }
    links = try root.member("links", NetworkConstants.families)
    networks = try root.member("networks", NetworkConstants.families)
  }

  private static func families(_ node: FileNode) throws(FileMisfit) -> [String: Tables] {
    try node.table { family throws(FileMisfit) in
      try family.table { path throws(FileMisfit) in
        try path.table { value throws(FileMisfit) in try value.number() }
      }
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

/// One node of a file of network constants.
struct FileNode {
  private let node: Node

  private init(_ node: Node) { self.node = node }

  /// - Errors: text that is no YAML, that names a key twice, or that holds nothing.
  init(yaml: String) throws(FileMisfit) {
    let root: Node?
    // The basic resolver takes every scalar for text; the others try patterns on each, which is most of a parser's time.
    do { root = try Yams.compose(yaml: yaml, .basic, .default, .utf8) } catch {
      throw FileMisfit(FileNode.oneLine("\(error)"))
    }
    guard let root else { throw FileMisfit("it is empty") }
    node = root
  }

  /// What `read` makes of the node under a key.
  ///
  /// - Errors: no table, a missing key, and those of `read`.
  func member<Value>(_ key: String, _ read: (FileNode) throws(FileMisfit) -> Value) throws(FileMisfit) -> Value {
    guard let mapping = node.mapping else { throw FileMisfit("it is not a table of names and values") }
    guard let member = mapping.first(where: { $0.key.string == key })?.value else {
      throw FileMisfit("\(key) is missing")
    }
    do { return try read(FileNode(member)) } catch { throw error.under(key) }
  }

  /// What `read` makes of the node under each name.
  ///
  /// - Errors: no table, a merge key, a name that is no text, and those of `read`.
  func table<Value>(_ read: (FileNode) throws(FileMisfit) -> Value) throws(FileMisfit) -> [String: Value] {
    guard let mapping = node.mapping else { throw FileMisfit("it is not a table of names and values") }
    var found: [String: Value] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { throw FileMisfit("a name in it is not text") }
      guard name != "<<" else { throw FileMisfit("<< merges nothing here; write the constants out") }
      do { found[name] = try read(FileNode(value)) } catch { throw error.under(name) }
    }
    return found
  }

  func list() throws(FileMisfit) -> [String] {
    guard let sequence = node.sequence else { throw FileMisfit("it is not a list") }
    return try sequence.map { element throws(FileMisfit) in
      guard let text = element.scalar?.string else { throw FileMisfit("an element of it is not text") }
      return text
    }
  }

  func number() throws(FileMisfit) -> Double {
    guard let value = decimal ?? node.float else {
      throw FileMisfit("\(node.scalar.map { "'\($0.string)'" } ?? "it") is not a number; write it like 0.75")
    }
    return value
  }

  /// A plain decimal number: the parser's own reading, of every number that YAML has, searches each text three times.
  private var decimal: Double? {
    guard let scalar = node.scalar, scalar.style == .plain, scalar.string.utf8.allSatisfy(isDecimal) else { return nil }
    return Double(scalar.string)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: " ")
  }
}

private func isDecimal(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
}

/// What a file of network constants has in another shape, and under which names.
struct FileMisfit: Error, CustomStringConvertible {
  private var path: [String] = []
  private let reason: String

  init(_ reason: String) { self.reason = reason }

  /// The same, of a node under a name.
  func under(_ name: String) -> FileMisfit {
    var outer = self
    outer.path.insert(name, at: 0)
    return outer
  }

  var description: String { path.isEmpty ? reason : "\(path.joined(separator: ".")): \(reason)" }
}
