/// Which values of which tensors some rank has compared: what nobody computed would otherwise pass.
package struct Coverage: Sendable {
  private var ranges: [ComparedTensor: [Range<Int>]] = [:]

  package init() {}

  package mutating func add(_ tensor: ComparedTensor, _ range: Range<Int>) { ranges[tensor, default: []].append(range) }

  package mutating func add(_ other: Coverage) { ranges.merge(other.ranges, uniquingKeysWith: +) }

  /// Tensors of the one process that no rank has, or not all of.
  package func gaps(in reference: ReferenceStep) -> [Deviation] {
    reference.tensors.compactMap { key, tensor in
      guard let place = firstGap(key, tensor.count) else { return nil }
      return Deviation(
        key, step: reference.step, order: tensor.order, rank: nil, error: .infinity, budget: 0, count: 0,
        note: "no rank has the value at \(Deviation.place(of: place, in: tensor.shape, of: key))")
    }
  }

  private func firstGap(_ key: ComparedTensor, _ count: Int) -> Int? {
    var end = 0
    for range in (ranges[key] ?? []).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > end { break }
      end = max(end, range.upperBound)
    }
    return end < count ? end : nil
  }
}
