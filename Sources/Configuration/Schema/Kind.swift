internal import Yams

/// How the values of a key are read from YAML, written in the resolved form, and named in the reference.
struct Kind<Value: Sendable>: Sendable {
  typealias Read = @Sendable (Node) throws(Complaint) -> Value
  typealias Write = @Sendable (Value) -> Setting

  let name: String
  let read: Read
  let write: Write

  init(_ name: String, read: @escaping Read, write: @escaping Write) {
    (self.name, self.read, self.write) = (name, read, write)
  }
}

extension Kind {
  /// A value of another kind, or nothing: `null` says so, or the given word in its place.
  static func optional<Wrapped>(_ kind: Kind<Wrapped>, or word: String? = nil) -> Kind<Wrapped?>
  where Value == Wrapped? {
    let name = word.map { "\(kind.name), or \($0)" } ?? kind.name
    return Kind<Wrapped?>(name) { (node: Node) throws(Complaint) -> Wrapped? in
      if word == nil ? node.isNull : node.text == word { return nil }
      return try kind.read(node)
    } write: { value in
      value.map(kind.write) ?? word.map(Setting.text) ?? .null
    }
  }

  /// A value whose default depends on other keys; unlike an optional one, nothing does not stand for it.
  static func later<Wrapped>(_ kind: Kind<Wrapped>) -> Kind<Wrapped?> where Value == Wrapped? {
    Kind<Wrapped?>(kind.name) { (node: Node) throws(Complaint) -> Wrapped? in
      try kind.read(node)
    } write: { value in
      value.map(kind.write) ?? .null
    }
  }

  /// The same, and one value that does not work yet is refused with the reason.
  func refusing(
    _ reason: String, hint: String, unless works: @escaping @Sendable (Value) -> Bool
  ) -> Kind<Value> {
    let read = read
    return Kind(name) { (node: Node) throws(Complaint) -> Value in
      let value = try read(node)
      guard works(value) else { throw Complaint("is not supported yet: \(reason)", hint: hint) }
      return value
    } write: { [write] value in
      write(value)
    }
  }
}

extension Kind where Value == Bool {
  static let boolean = Kind("true | false") { (node: Node) throws(Complaint) -> Bool in
    switch node.plain?.lowercased() {
    case "true": true
    case "false": false
    default: throw .wrongType(node, "true or false")
    }
  } write: {
    .boolean($0)
  }
}

extension Kind where Value == String {
  static let text = Kind("text") { (node: Node) throws(Complaint) -> String in
    guard let text = node.text, !node.isNull else { throw .wrongType(node, "text") }
    return text
  } write: {
    .text($0)
  }

  static let path = Kind("path") { (node: Node) throws(Complaint) -> String in
    guard let text = node.text, !text.isEmpty, !node.isNull else { throw .wrongType(node, "a path") }
    return text
  } write: {
    .text($0)
  }
}

extension Kind {
  /// One of some words, whatever their case.
  static func choice(_ choices: [(word: String, value: Value)]) -> Kind<Value> where Value: Equatable {
    let words = choices.map(\.word)
    return Kind(words.joined(separator: " | ")) { (node: Node) throws(Complaint) -> Value in
      guard let text = node.text, !node.isNull else {
        throw .wrongType(node, "one of \(words.joined(separator: ", "))")
      }
      if let choice = choices.first(where: { $0.word == text.lowercased() }) { return choice.value }
      throw .unknownWord(text, among: words)
    } write: { value in
      .text(choices.first { $0.value == value }?.word ?? "")
    }
  }
}

extension Kind where Value: RawRepresentable & CaseIterable & Equatable, Value.RawValue == String {
  /// One of the cases of an enumeration, by its raw value.
  static var choice: Kind<Value> { choice(Value.allCases.map { ($0.rawValue, $0) }) }
}

extension Kind {
  /// A list; with `orOne`, also a single element in its place.
  static func list<Element>(of element: Kind<Element>, count: Int? = nil, orOne: Bool = false) -> Kind<[Element]>
  where Value == [Element] {
    let name =
      orOne ? "\(element.name), or a list of them" : "list\(count.map { " of \($0)" } ?? ""), each \(element.name)"
    return Kind<[Element]>(name) { (node: Node) throws(Complaint) -> [Element] in
      if orOne, case .scalar = node { return [try element.read(node)] }
      guard case .sequence(let nodes) = node else { throw .wrongType(node, "a list") }
      guard !nodes.isEmpty, nodes.count == count ?? nodes.count else {
        throw Complaint("has \(nodes.count) values, not \(count.map(String.init) ?? "one or more")")
      }
      return try elements(nodes, element)
    } write: { values in
      .list(values.map(element.write))
    }
  }

  private static func elements<Element>(
    _ nodes: Node.Sequence, _ kind: Kind<Element>
  ) throws(Complaint) -> [Element] {
    var values: [Element] = []
    for node in nodes {
      do { values.append(try kind.read(node)) } catch {
        throw Complaint(error.reason, hint: error.hint, value: error.value ?? node.shown)
      }
    }
    return values
  }
}
