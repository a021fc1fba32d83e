import Foundation

/// A record as JSON for other programs: keys in snake case and sorted, one to a line.
func jsonText(_ record: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // Finite numbers and texts alone: nothing that an encoder could refuse.
  return String(decoding: try! encoder.encode(record), as: UTF8.self)
}
