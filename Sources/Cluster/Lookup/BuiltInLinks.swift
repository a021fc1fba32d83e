/// The built-in links by name, each parsed when it is asked for.
struct BuiltInLinks: LinkSource {
  private let texts: EntryTexts
  /// Each link's name and aliases, plain.
  private let names: [[String]]

  init() {
    let texts = EntryTexts(PackageResources.links_yaml)
    self.texts = texts
    names = texts.indices.map { ([texts.name($0)] + texts.list("aliases", $0)).map(plainName) }
  }

  /// - Errors: those of `LinkCatalogue`; only they need all links.
  func link(named text: String, of kinds: Set<Link.Kind>) throws(Complaint) -> Link {
    let wanted = plainName(text)
    let found = names.firstIndex { $0.contains(wanted) }
    if let link = found.map(link), kinds.contains(link.kind) { return link }
    return try LinkCatalogue(texts.indices.map(link)).link(named: text, of: kinds)
  }

  private func link(_ index: Int) -> Link {
    do { return try Link.read(yaml: texts.yaml(index), file: LinkCatalogue.file)[0] } catch {
      preconditionFailure("the built-in links break a rule: \(error)")
    }
  }
}
