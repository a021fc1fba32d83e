import Quantities

/// What the marks and bands mean, below the axes: groups with their counts first, as many side by side as fit.
struct ParityLegend {
  private(set) var text = ""
  /// Pixels that it needs.
  private(set) var right = 0.0
  var bottom: Double { y + 18 }

  private var x = ParityFrame.left
  private var y = ParityFrame.bottom + 66

  init(_ groups: [ParityPlot.Group]) {
    for (index, group) in groups.enumerated() {
      let count = group.points.count
      add("\(group.name) (\(grouped(count)) point\(count == 1 ? "" : "s"))") { x, y in
        ParityMark(index).at(x + 7, y - 4, "key")
      }
    }
    (x, y) = (ParityFrame.left, y + 22)
    add("predicted = measured") { x, y in
      "<path d=\"M\(pixels(x)) \(pixels(y - 4))h14\" stroke=\"#4a5568\" stroke-width=\"1.2\"/>\n"
    }
    for (share, color) in ParityFrame.bounds.reversed() {
      add("within ±\(percent(share, decimals: 0))") { x, y in
        "<rect x=\"\(pixels(x))\" y=\"\(pixels(y - 10))\" width=\"14\" height=\"12\" fill=\"\(color)\" "
          + "stroke=\"#a0aec0\" stroke-width=\"0.5\"/>\n"
      }
    }
  }

  private mutating func add(_ meaning: String, _ key: (Double, Double) -> String) {
    // Helvetica's letters are about this wide, with some to spare.
    let wide = 44 + 6.6 * Double(meaning.count)
    if x > ParityFrame.left, x + wide > ParityFrame.right + 20 { (x, y) = (ParityFrame.left, y + 20) }
    text += key(x, y) + note(meaning, x + 20, y, "fill=\"#222222\"")
    x += wide
    right = max(right, x)
  }
}
