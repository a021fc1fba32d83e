import Quantities

/// The links that are known, in the order of their file.
package struct LinkCatalogue: LinkSource, Sendable {
  package let links: [Link]

  package init(_ links: [Link]) { self.links = links }

  /// What is built in.
  ///
  /// - Errors: a data file that breaks its own rules. Tests hold that it does not.
  package static func builtIn() throws(ClusterErrors) -> LinkCatalogue {
    let text = String(decoding: PackageResources.links_yaml, as: UTF8.self)
    return try LinkCatalogue(Link.read(yaml: text, file: file))
  }

  static let file = "links.yaml"

  /// The link that a name or alias means, in any case and with or without spaces and hyphens; nil if there is none.
  package func link(named text: String) -> Link? {
    let wanted = plainName(text)
    return links.first { link in ([link.name] + link.aliases).contains { plainName($0) == wanted } }
  }

  /// - Errors: a name that means none, with the nearest one, or one of another kind than `kinds`.
  func link(named text: String, of kinds: Set<Link.Kind>) throws(Complaint) -> Link {
    let fitting = links.filter { kinds.contains($0.kind) }.map(\.name)
    guard let link = link(named: text) else {
      throw Complaint("is no link of the catalogue", typed: text, known: fitting)
    }
    guard kinds.contains(link.kind) else {
      throw Complaint("is of kind \(link.kind.rawValue)", hint: "possible here: \(fitting.joined(separator: ", "))")
    }
    return link
  }
}
