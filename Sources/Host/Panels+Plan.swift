import Program

/// How an operation is cut into panels, and which fp32 operation a panel is.
struct PanelPlan {
  /// How many rows, values or samples there are.
  let units: Int
  /// Panels hold whole multiples of so many units, or lie within one such multiple; 1 where that does not matter.
  let boundary: Int
  /// Units of a panel, the last one of all aside.
  let panelUnits: Int
  let reads, writes: [PanelSlice]
  /// The operation on a range of the units; the first panel of all may start sums that the others add to.
  let part: (_ range: Range<Int>, _ first: Bool) -> Operation

  /// - Parameter values: what the widest operand has in one panel, unless one unit has more.
  init(
    _ units: Int, boundary: Int = 1, values: Int = panelValues, reads: [PanelSlice], writes: [PanelSlice],
    part: @escaping (_ range: Range<Int>, _ first: Bool) -> Operation
  ) {
    (self.units, self.boundary) = (units, boundary)
    (self.reads, self.writes, self.part) = (reads, writes, part)
    let widest = (reads + writes).reduce(1) { max($0, $1.width) }
    panelUnits = PanelPlan.size(of: max(1, min(units, values / widest)), units, boundary)
  }

  /// At most `most` units: whole boundaries where those fit, and fours, as column sums take their rows.
  private static func size(of most: Int, _ units: Int, _ boundary: Int) -> Int {
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
