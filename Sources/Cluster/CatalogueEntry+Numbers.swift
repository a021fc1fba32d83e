import Quantities

extension CatalogueEntry {
  func integer(_ key: String, atLeast least: Int = 1) throws(GPUError) -> Int {
    try whole(text(key), key, least)
  }

  func optionalInteger(_ key: String, atLeast least: Int = 1) throws(GPUError) -> Int? {
    guard let text = try optionalText(key) else { return nil }
    return try whole(text, key, least)
  }

  func integers(_ key: String) throws(GPUError) -> [Int] {
    try list(key).map { text throws(GPUError) in try whole(text, key, 0) }
  }

  func quantity<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> Q {
    try read(text(key), key, parse)
  }

  func optional<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> Q? {
    guard let text = try optionalText(key) else { return nil }
    return try read(text, key, parse)
  }

  func quantities<Q>(_ key: String, _ parse: (String) throws(QuantityError) -> Q) throws(GPUError) -> [Q] {
    try list(key).map { text throws(GPUError) in try read(text, key, parse) }
  }

  private func whole(_ text: String, _ key: String, _ least: Int) throws(GPUError) -> Int {
    guard let value = Int(text), value >= least else {
      throw GPUError("\(place): \(key): '\(text)' is not a whole number of at least \(least)")
    }
    return value
  }

  private func read<Q>(
    _ text: String, _ key: String, _ parse: (String) throws(QuantityError) -> Q
  ) throws(GPUError) -> Q {
    do { return try parse(text) } catch { throw GPUError("\(place): \(key): \(error)") }
  }
}
