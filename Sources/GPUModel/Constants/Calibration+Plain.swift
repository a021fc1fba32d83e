extension Calibration {
  /// Reads a calibration in the form of its own `text`, as YAML would.
  ///
  /// - Returns: nil for any other text, which may be a calibration as well: `init(parsing:file:)` then asks a YAML parser.
  package init?(plain text: String) {
    guard let found = try? Calibration(lines: text) else { return nil }
    self = found
  }

  private init(lines text: String) throws(OtherForm) {
    var lines = try PlainLines(text)
    var (lists, tables): ([String: [String]], [String: [String: Tables]]) = ([:], [:])
    while let section = try lines.section() {
      guard lists[section] == nil, tables[section] == nil else { throw OtherForm() }
      switch CodingKeys(rawValue: section) {
      case .provenance, .fittedRows: lists[section] = try lines.list()
      case .generations, .gpus: tables[section] = try lines.tables()
      case nil: throw OtherForm()
      }
    }
    guard let provenance = lists["provenance"], let generations = tables["generations"], let gpus = tables["gpus"]
    else {
      throw OtherForm()
    }
    self.init(provenance: provenance, generations: generations, gpus: gpus, fittedRows: lists["rows_fitted"])
  }
}
