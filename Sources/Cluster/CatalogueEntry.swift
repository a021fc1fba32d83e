import Foundation
import Quantities
import Yams

/// One entry of a catalogue file: keys, each read once, in a place that errors name.
struct CatalogueEntry {
  private let node: Node.Mapping
  let place: String

  /// - Parameter place: file and entry, as errors name them.
  init(_ node: Node?, at place: String) throws(GPUError) {
    guard let mapping = node?.mapping else { throw GPUError("\(place): is not a mapping of keys to values") }
    (self.node, self.place) = (mapping, place)
  }

  var keys: [String] { node.keys.compactMap { $0.string } }

  func entry(_ key: String) throws(GPUError) -> CatalogueEntry {
    try CatalogueEntry(node[key], at: "\(place): \(key)")
  }

  func list(_ key: String) -> [String] { node[key]?.array().compactMap { $0.string } ?? [] }

  func nodes(_ key: String) -> [Node] { node[key].map { Array($0.array()) } ?? [] }

  func quantities<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> [Q] {
    var result: [Q] = []
    for text in list(key) {
      do { result.append(try parse(text)) } catch { throw GPUError("\(place): \(key): \(error)") }
    }
    return result
  }

  func optionalText(_ key: String) -> String? { node[key]?.string }

  func text(_ key: String) throws(GPUError) -> String {
    guard let text = node[key]?.string, !text.isEmpty else { throw GPUError("\(place): \(key) is missing") }
    return text
  }

  func integer(_ key: String, atLeast least: Int = 1) throws(GPUError) -> Int {
    let text = try text(key)
    guard let value = Int(text), value >= least else {
      throw GPUError("\(place): \(key): '\(text)' is not a whole number of at least \(least)")
    }
    return value
  }

  func quantity<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> Q {
    let text = try text(key)
    do { return try parse(text) } catch { throw GPUError("\(place): \(key): \(error)") }
  }

  func optional<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> Q? {
    node[key] == nil ? nil : try quantity(key, parse)
  }

  /// - Errors: a key that no reader knows, with the nearest one that is known.
  func refuseUnknown(_ known: [String]) throws(GPUError) {
    for key in keys where !known.contains(key) {
      let hint = suggestion(for: key, among: known).map { "; did you mean \($0)?" } ?? "; known: \(known.joined(separator: ", "))"
      throw GPUError("\(place): \(key) is not a key here\(hint)")
    }
  }
}
