import Program

/// How an operation is cut into panels, and which fp32 operation a panel is.
struct PanelPlan {
  /// How many rows, values or samples there are.
  let units: Int
  /// Panels hold whole multiples of so many units, or lie within one such multiple; 1 where that does not matter.
  let boundary: Int
  /// Values of the widest operand in one panel, at least one unit.
  let values: Int
  let reads, writes: [PanelSlice]
  /// The operation on a range of the units; the first panel of all may start sums that the others add to.
  let part: (_ range: Range<Int>, _ first: Bool) -> Operation

  init(
    _ units: Int, boundary: Int = 1, values: Int = panelValues, reads: [PanelSlice], writes: [PanelSlice],
    part: @escaping (_ range: Range<Int>, _ first: Bool) -> Operation
  ) {
    (self.units, self.boundary, self.values) = (units, boundary, values)
    (self.reads, self.writes, self.part) = (reads, writes, part)
  }

  /// Units of a panel: as many as keep the widest operand within its cache-sized part, in fours, as column sums take
  /// their rows.
  var panelUnits: Int {
    let widest = (reads + writes).reduce(1) { max($0, $1.width) }
    let most = max(1, min(units, values / widest))
    if boundary > 1, most >= boundary { return most / boundary * boundary }
    return most >= 4 && most < units ? most / 4 * 4 : most
  }

  /// The end of the panel that starts at `start`.
  func end(after start: Int) -> Int {
    let end = min(units, start + panelUnits)
    return boundary > 1 && panelUnits < boundary ? min(end, (start / boundary + 1) * boundary) : end
  }
}

/// How an operand is cut when its operation is.
enum PanelSlice {
  /// So many consecutive values of every unit.
  case each(Int)
  /// The same, read before it is written.
  case inPlace(Int)
  /// So many values of every unit, each in a plane of its own: [planes, units].
  case planes(Int)
  /// So many values, the same for every panel.
  case whole(Int)
  /// So many values that every panel adds to; the first may find them there or start them.
  case sum(Int, startsFromMemory: Bool)

  /// Values of one unit.
  var width: Int {
    switch self {
    case .each(let width), .inPlace(let width): width
    case .planes, .whole, .sum: 1
    }
  }
}
