import Foundation

/// A report as JSON: keys in snake case and sorted, so that two reports can be compared line by line.
///
/// - Errors: a number that JSON cannot hold.
func jsonText(_ record: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(record), as: UTF8.self)
}
