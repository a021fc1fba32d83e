/// What the data sheet does not say about one way to run a collective: an algorithm and protocol on one family of links, or the hop
/// between nodes.
///
/// A way takes `(L^p + V^p)^(1/p)` with `L = base + steps · hop` and `V = volume / (share · bandwidth) · (1 + copy / (n - 1))`.
package struct PathConstants: Hashable, Sendable {
  /// Seconds of launching the kernel and of the first and last flag.
  package var base: Double
  /// Seconds that a step adds: a flag through the link, and Simple's fence.
  package var hop: Double
  /// Share of the link's bandwidth that is reached: headers, flags, acknowledgements, copying threads.
  package var share: Double
  /// Time of copying a rank's own n-th part from its input to its output, over that of sending it.
  package var copy: Double
  /// Exponent p: how far hops and bytes overlap.
  package var overlap: Double
  /// NCCL's estimate over the truth: below 1, its tuner takes this way too early.
  package var bias: Double
  /// Share of the bandwidth that is left where a group spans several trays of a rack, or several PCIe switches.
  package var span: Double

  package static let parameters = [
    NetworkParameter("base_us", unit: 1e-6, width: 0.5, 0...2000, usual: 0),
    NetworkParameter("hop_us", unit: 1e-6, width: 0.7, 0...2000, usual: 0),
    NetworkParameter("share", width: 0.4, 0.0005...1, usual: 1),
    NetworkParameter("copy", width: 0.7, 0...1, usual: 0),
    NetworkParameter("overlap", width: 0.3, 0.4...2.5, usual: 1),
    NetworkParameter("bias", width: 0.4, 0.25...1, usual: 1),
    NetworkParameter("span", width: 0.3, 0.1...1, usual: 1),
  ]

  /// In the order of `parameters`, in SI units.
  package var values: [Double] { [base, hop, share, copy, overlap, bias, span] }

  package init(values: [Double]) {
    (base, hop, share, copy) = (values[0], values[1], values[2], values[3])
    (overlap, bias, span) = (values[4], values[5], values[6])
  }
}

/// One constant: its name in files, with the unit, and how far a fit may take it.
package struct NetworkParameter: Hashable, Sendable {
  package var name: String
  /// What one of the file's units is in SI units.
  package var unit: Double
  /// Standard deviation of the prior, in natural logarithms.
  package var width: Double
  /// In SI units.
  package var range: ClosedRange<Double>
  /// Where a file does not name it: the constant is then none of the way's own, and no fit moves it.
  package var usual: Double

  init(_ name: String, unit: Double = 1, width: Double, _ range: ClosedRange<Double>, usual: Double) {
    (self.name, self.unit, self.width, self.usual) = (name, unit, width, usual)
    self.range = range.lowerBound * unit...range.upperBound * unit
  }
}

extension PathConstants {
  /// Reads a table of a constants file.
  ///
  /// - Errors: `NetworkError` that names what is unknown or out of range.
  init(_ table: [String: Double], place: String) throws(NetworkError) {
    if let stranger = table.keys.filter({ key in !Self.parameters.contains { $0.name == key } }).min() {
      let known = Self.parameters.map(\.name).joined(separator: ", ")
      throw NetworkError("\(place): \(stranger) is no constant here; known: \(known)")
    }
    var values: [Double] = []
    for parameter in Self.parameters {
      let value = table[parameter.name].map { $0 * parameter.unit } ?? parameter.usual
      guard parameter.range.contains(value) else {
        let (low, high) = (parameter.range.lowerBound / parameter.unit, parameter.range.upperBound / parameter.unit)
        throw NetworkError("\(place): \(parameter.name): \(value / parameter.unit) is not between \(low) and \(high)")
      }
      values.append(value)
    }
    self.init(values: values)
  }
}

/// A network, or what one cannot do, that was asked for.
package struct NetworkError: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
