import Quantities

/// Predicted against measured values on two logarithmic axes of one range, as an SVG picture that needs nothing beside itself:
/// what is exact lies on the diagonal, what is within 10 and 25 % of the measurement in the bands around it.
package struct ParityPlot: Hashable, Sendable {
  /// A pair of values, both in the plot's unit; the label is shown when the pointer rests on the mark.
  package struct Point: Hashable, Sendable {
    package var measured, predicted: Double
    package var label: String

    package init(measured: Double, predicted: Double, label: String) {
      (self.measured, self.predicted, self.label) = (measured, predicted, label)
    }
  }

  /// Points of one color and shape, named in the legend.
  package struct Group: Hashable, Sendable {
    package var name: String
    package var points: [Point]

    package init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }
  }

  package let text: String

  /// - Parameter quantity: what was measured, such as `step time`; `unit` is the one its values are in.
  /// - Errors: `ParityPlotError` for a value that is not a positive number, and where there is nothing to draw.
  package init(title: String, quantity: String, unit: String, _ groups: [Group]) throws(ParityPlotError) {
    try Self.check(groups)
    let frame = ParityFrame(groups.flatMap(\.points))
    let marks = groups.indices.map { index in
      groups[index].points.map { ParityMark(index).drawn($0, unit, frame) }.joined()
    }
    let legend = ParityLegend(groups)
    let wide = max(ParityFrame.right + 24, ParityFrame.left + 9 * Double(title.count) + 24, legend.right)
    let size = "width=\"\(pixels(wide))\" height=\"\(pixels(legend.bottom))\""
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(pixels(wide)) \(pixels(legend.bottom))" \
      font-family="Helvetica, Arial, sans-serif" font-size="12">
      <title>\(markup(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(pixels(ParityFrame.left))" y="28" font-size="15" font-weight="bold" fill="#222222">\(markup(title))</text>
      \(frame.bands)\(frame.axes(quantity, unit))\(marks.joined())\(legend.text)</svg>

      """
  }

  private static func check(_ groups: [Group]) throws(ParityPlotError) {
    guard !groups.isEmpty else { throw ParityPlotError(reason: "there are no groups of points to draw") }
    for group in groups {
      guard !group.points.isEmpty else {
        throw ParityPlotError(reason: "the group '\(group.name)' has no points; leave it out")
      }
      for point in group.points {
        try check("measured", point.measured, point, group)
        try check("predicted", point.predicted, point, group)
      }
    }
  }

  private static func check(
    _ key: String, _ value: Double, _ point: Point, _ group: Group
  ) throws(ParityPlotError) {
    guard value.isNormal, value > 0 else {
      throw ParityPlotError(
        reason: "'\(point.label)' of the group '\(group.name)': \(key) is \(value), which has no place on a "
          + "logarithmic axis; leave the point out, and say so")
    }
  }
}

func pixels(_ value: Double) -> String { fixed(value, decimals: 2) }

func markup(_ text: String) -> String {
  text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"][$0] ?? String($0) }.joined()
}
