import Foundation
import Quantities

/// How a group's points are drawn: colors and shapes repeat after different counts, so that thirty groups differ.
struct ParityMark {
  private static let colors = ["#2b6cb0", "#c05621", "#2f855a", "#805ad5", "#b83280", "#4a5568"]
  /// Around the origin, about equal in area.
  private static let shapes = [
    "M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0 -4.5 0Z", "M-4 -4H4V4H-4Z", "M0 -5.5L5.2 4.1H-5.2Z",
    "M0 -5.8L5.8 0L0 5.8L-5.8 0Z", "M0 5.5L5.2 -4.1H-5.2Z",
  ]
  private let color, shape: String

  init(_ group: Int) {
    (color, shape) = (Self.colors[group % Self.colors.count], Self.shapes[group % Self.shapes.count])
  }

  func drawn(_ point: ParityPlot.Point, _ unit: String, _ frame: ParityFrame) -> String {
    let error = fixed(100 * (point.predicted / point.measured - 1), decimals: 1)
    let values = [("measured", point.measured), ("predicted", point.predicted)]
      .map { "\($0) \(String(format: "%.4g", $1)) \(unit)" }.joined(separator: ", ")
    let title = "<title>\(markup("\(point.label): \(values) (\(error.hasPrefix("-") ? "" : "+")\(error) %)"))</title>"
    return at(frame.x(point.measured), frame.y(point.predicted), "point", title)
  }

  func at(_ x: Double, _ y: Double, _ role: String, _ title: String = "") -> String {
    "<g class=\"\(role)\" transform=\"translate(\(pixels(x)) \(pixels(y)))\">\(title)<path d=\"\(shape)\" "
      + "fill=\"\(color)\" fill-opacity=\"0.6\" stroke=\"\(color)\" stroke-width=\"0.8\"/></g>\n"
  }
}
