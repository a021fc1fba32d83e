/// Values that lie side by side both in a logical parameter and in a range of a unit's flat buffer.
package struct ParameterPiece: Hashable, Sendable {
  package var parameter: ParameterSpec
  /// The first value's index in the whole parameter, and in the range.
  package var logical, offset: Int
  package var count: Int
}

extension ParameterUnit {
  /// What the flat buffer holds in `range`, piece by piece: the link between any layout and the logical parameters.
  package func pieces(in range: Range<Int>) -> [ParameterPiece] {
    zip(parameters, ranges).flatMap { parameter, place -> [ParameterPiece] in
      let wanted = range.clamped(to: place)
      guard !wanted.isEmpty else { return [] }
      return parameter.runs(partition).compactMap { run in
        let start = place.lowerBound + run.local
        let part = wanted.clamped(to: start..<start + run.count)
        guard !part.isEmpty else { return nil }
        return ParameterPiece(
          parameter: parameter, logical: run.logical + part.lowerBound - start,
          offset: part.lowerBound - range.lowerBound, count: part.count)
      }
    }
  }
}
