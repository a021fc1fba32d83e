/// A catalogue file cut into the texts of its entries, so that a lookup parses one of them and not all.
///
/// An entry starts on a line that is indented by two spaces, and what is read here of it stands on one line: a name, a list of
/// aliases. Tests hold that this finds in every file what a YAML parser does.
struct EntryTexts: Sendable {
  private let header: ArraySlice<UInt8>
  /// The lines of each entry.
  private let entries: [ArraySlice<ArraySlice<UInt8>>]

  init(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    header = lines.first { !" #".utf8.contains($0[$0.startIndex]) } ?? []
    let starts = lines.indices.filter { Self.startsEntry(lines[$0]) }
    entries = zip(starts, starts.dropFirst() + [lines.endIndex]).map { lines[$0..<$1] }
  }

  var indices: Range<Int> { entries.indices }

  /// A file that has this entry only.
  func yaml(_ index: Int) -> String { ([header] + entries[index]).map(Self.text).joined(separator: "\n") + "\n" }

  /// What the entry is called: its `name`, or its key where entries are not a list.
  func name(_ index: Int) -> String {
    value("name", index) ?? Self.unquoted(entries[index].first?.dropFirst(2).prefix { $0 != UInt8(ascii: ":") } ?? [])
  }

  /// The text of a scalar; nil where the entry has no such key.
  func value(_ key: String, _ index: Int) -> String? { bytes(key, index).map(Self.unquoted) }

  /// The texts of a list that is written like [a, b]; none where the entry has no such key.
  func list(_ key: String, _ index: Int) -> [String] {
    guard let bytes = bytes(key, index) else { return [] }
    let brackets = Array("[] ".utf8)
    let inner = bytes.drop { brackets.contains($0) }.prefix { $0 != UInt8(ascii: "]") }
    return inner.split(separator: UInt8(ascii: ",")).map(Self.unquoted)
  }

  private func bytes(_ key: String, _ index: Int) -> ArraySlice<UInt8>? {
    let key = Array("\(key):".utf8)
    return entries[index].first { $0.dropFirst(4).starts(with: key) }?.dropFirst(4 + key.count)
  }

  private static func startsEntry(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "  ".utf8) && line.dropFirst(2).first.map { !" #".utf8.contains($0) } == true
  }

  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
    let around = Array(" '\"\r".utf8)
    let end = bytes.lastIndex { !around.contains($0) }.map { $0 + 1 } ?? bytes.startIndex
    return text(bytes[..<end].drop { around.contains($0) })
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
