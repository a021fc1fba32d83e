/// A table as RFC 4180 has it: a line to a record, cells in quotes where they need them.
package func csvText(_ records: [[String]]) -> String {
  records.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
}

private func quoted(_ cell: String) -> String {
  guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
  return "\"\(cell.replacing("\"", with: "\"\""))\""
}
