import Yams

/// The mistakes found so far in one file.
final class MistakeLog {
  let file: String
  private(set) var errors: [ClusterError] = []

  init(file: String) { self.file = file }

  func add(line: Int? = nil, key: String? = nil, value: String? = nil, _ complaint: Complaint) {
    errors.append(
      ClusterError(file: file, line: line, key: key, value: value, reason: complaint.reason, hint: complaint.hint))
  }

  /// - Errors: everything that was added.
  func finish<Value>(_ value: Value?) throws(ClusterErrors) -> Value {
    guard errors.isEmpty, let value else { throw ClusterErrors(errors) }
    return value
  }
}

/// One mapping of a file: what it lacks or gets wrong is logged, and reading goes on.
struct ClusterFields {
  let log: MistakeLog
  private let nodes: [(key: String, value: Node, line: Int?)]
  private let path: [String]
  private let line: Int?

  /// - Returns: nil, and the log says why, where the text is not a mapping.
  init?(yaml: String, log: MistakeLog) {
    let root: Node?
    // As in `CatalogueEntry`: every scalar is text.
    do { root = try Yams.compose(yaml: yaml, .basic) } catch {
      log.add(Complaint(problem(of: error)))
      return nil
    }
    guard let root else {
      log.add(Complaint("is empty"))
      return nil
    }
    self.init(root, path: [], log)
  }

  private init?(_ node: Node, path: [String], _ log: MistakeLog) {
    (self.log, self.path, line) = (log, path, node.mark?.line)
    guard let mapping = node.mapping else {
      log.add(line: line, key: path.isEmpty ? nil : path.joined(separator: "."), Complaint("is not keys and values"))
      return nil
    }
    nodes = mapping.map { ($0.key.string ?? "", $0.value, $0.key.mark?.line) }
  }

  func has(_ key: String) -> Bool { nodes.contains { $0.key == key } }

  /// A mapping under a key; a missing one is a mistake.
  func fields(_ key: String, like example: String) -> ClusterFields? {
    guard has(key) else {
      refuse(key, missing(key, example))
      return nil
    }
    return optionalFields(key)
  }

  func optionalFields(_ key: String) -> ClusterFields? {
    node(key).flatMap { ClusterFields($0, path: path + [key], log) }
  }

  /// The mappings of a list, each named by what it calls itself.
  func list(_ key: String, like example: String) -> [ClusterFields?] {
    elements(key, like: example).enumerated().map { index, node in
      ClusterFields(node, path: path + [node["name"]?.string ?? "\(key)[\(index)]"], log)
    }
  }

  /// A list with something in it; anything else is a mistake.
  func elements(_ key: String, like example: String) -> [Node] {
    guard let list = node(key)?.sequence, !list.isEmpty else {
      let complaint = Complaint("is not a list with something in it", hint: "write it like '\(key): \(example)'")
      refuse(key, has(key) ? complaint : missing(key, example))
      return []
    }
    return Array(list)
  }

  /// A list; none where the key is missing or holds something else, which is logged.
  func elements(_ key: String) -> [Node] {
    guard let node = node(key) else { return [] }
    guard let list = node.sequence else {
      refuse(key, Complaint("is not a list", hint: "write it like [a, b]"))
      return []
    }
    return Array(list)
  }

  func node(_ key: String) -> Node? { nodes.first { $0.key == key }?.value }

  func missing(_ key: String, _ example: String) -> Complaint {
    Complaint("is missing", hint: "write it like '\(key): \(example)'")
  }

  /// Logs what is wrong with a key's value, or with the mapping as a whole where it has no such key.
  func refuse(_ key: String, value: String? = nil, _ complaint: Complaint) {
    let own = nodes.first { $0.key == key }
    let dotted = (path + [key]).joined(separator: ".")
    log.add(line: own?.line ?? (path.isEmpty ? nil : line), key: dotted, value: value, complaint)
  }

  /// Logs every key that no reader knows.
  func refuseUnknown(_ known: [String]) {
    for key in nodes.map(\.key) where !known.contains(key) {
      refuse(key, Complaint("is not a key here", typed: key, known: known))
    }
  }
}
