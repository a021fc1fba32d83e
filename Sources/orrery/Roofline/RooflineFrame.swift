import Foundation
import Quantities

/// The picture's axes: where a number lies on the paper.
struct RooflineFrame {
  /// Pixels.
  static let left = 104.0, right = 880.0, top = 48.0, bottom = 500.0

  /// Powers of ten at the ends.
  private let across, up: ClosedRange<Double>

  init(_ roofs: [RooflineSVG.Roofs], _ points: [RooflineSVG.Point]) {
    let ridges = roofs.flatMap { roof in roof.peaks.flatMap { peak in roof.slopes.map { peak.value / $0.value } } }
    let peaks = roofs.flatMap { $0.peaks.map(\.value) }
    let across = Self.decades(ridges.map { $0 / 3 } + ridges.map { $0 * 3 } + points.map(\.intensity))
    let lowest = roofs.flatMap { roof in roof.slopes.map { $0.value * pow(10, across.lowerBound) } }.max() ?? 1
    self.across = across
    up = Self.decades([min(lowest, (peaks.min() ?? 1) / 30)] + peaks.map { $0 * 1.3 } + points.map(\.rate))
  }

  private static func decades(_ values: [Double]) -> ClosedRange<Double> {
    let logs = values.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
    let low = (logs.min() ?? 0).rounded(.down)
    return low...max(low + 1, (logs.max() ?? 1).rounded(.up))
  }

  func x(_ value: Double) -> Double {
    Self.left + (log10(value) - across.lowerBound) / (across.upperBound - across.lowerBound) * (Self.right - Self.left)
  }

  func y(_ value: Double) -> Double {
    Self.bottom - (log10(value) - up.lowerBound) / (up.upperBound - up.lowerBound) * (Self.bottom - Self.top)
  }

  private var least: Double { pow(10, up.lowerBound) }
  private var narrowest: Double { pow(10, across.lowerBound) }
  private var widest: Double { pow(10, across.upperBound) }

  static func note(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "start", size: Double = 12, color: String = "#222222",
    turned: Double = 0
  ) -> String {
    let turn = turned == 0 ? "" : " transform=\"rotate(\(pixels(turned)) \(pixels(x)) \(pixels(y)))\""
    return "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\" text-anchor=\"\(anchor)\" font-size=\"\(pixels(size))\" "
      + "fill=\"\(color)\"\(turn)>\(escaped(text))</text>\n"
  }
}

extension RooflineFrame {
  var axes: String {
    let vertical = steps(across).map { power -> String in
      let x = x(pow(10, power))
      return line(x, Self.top, x, Self.bottom, "#000000", opacity: 0.10)
        + Self.note(intensityText(power), x, Self.bottom + 16, anchor: "middle", size: 11, color: "#555555")
    }
    let horizontal = steps(up).map { power -> String in
      let y = y(pow(10, power))
      return line(Self.left, y, Self.right, y, "#000000", opacity: 0.10)
        + Self.note(rateText(power), Self.left - 7, y + 4, anchor: "end", size: 11, color: "#555555")
    }
    let middle = (Self.top + Self.bottom) / 2
    return vertical.joined() + horizontal.joined()
      + Self.note(
        "arithmetic intensity, FLOPs per byte that must move", (Self.left + Self.right) / 2, Self.bottom + 34,
        anchor: "middle")
      + Self.note("FLOPs per second", 20, middle, anchor: "middle", turned: -90)
  }

  private func steps(_ range: ClosedRange<Double>) -> [Double] {
    Array(stride(from: range.lowerBound, through: range.upperBound + 0.5, by: 1))
  }

  private func intensityText(_ power: Double) -> String {
    power < 0 ? fixed(pow(10, power), decimals: Int(-power)) : grouped(Int(pow(10, power)))
  }
  private func rateText(_ power: Double) -> String {
    let text = withDecimalPrefix(pow(10, power), "FLOP/s")
    return text.replacing(".00", with: "").replacing(".0", with: "")
  }

  func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, opacity: Double = 1, width: Double = 1,
    dashes: String = ""
  ) -> String {
    "<path d=\"M\(pixels(x1)) \(pixels(y1))L\(pixels(x2)) \(pixels(y2))\" stroke=\"\(color)\" "
      + "stroke-opacity=\"\(opacity)\" stroke-width=\"\(width)\" stroke-dasharray=\"\(dashes)\" fill=\"none\"/>\n"
  }

  /// Slopes up to the highest peak, peaks from the steepest slope on; what does not count is dashed.
  func roofs(_ roofs: RooflineSVG.Roofs, color: String, labelled index: Int) -> String {
    let highest = roofs.peaks.map(\.value).max() ?? 1
    let steepest = roofs.slopes.map(\.value).max() ?? 1
    let peaks = roofs.peaks.indices.map { place -> String in
      let peak = roofs.peaks[place]
      let start = max(narrowest, peak.value / (place == 0 ? steepest : roofs.slopes[0].value))
      return line(
        x(start), y(peak.value), Self.right, y(peak.value), color, width: 2, dashes: place == 0 ? "" : "7 4")
        + Self.note(
          "\(peak.name) peak", Self.right - 6 - 84 * Double(index % 4), y(peak.value) - 6, anchor: "end", size: 11,
          color: color)
    }
    let slopes = roofs.slopes.indices.map { slope(roofs.slopes[$0], highest, isFirst: $0 == 0, color, index) }
    return peaks.joined() + slopes.joined()
  }

  private func slope(
    _ slope: (name: String, value: Double), _ highest: Double, isFirst: Bool, _ color: String, _ index: Int
  ) -> String {
    let low = max(narrowest, least / slope.value)
    let high = min(widest, highest / slope.value)
    let (x1, y1, x2, y2) = (x(low), y(low * slope.value), x(high), y(high * slope.value))
    let angle = atan2(y2 - y1, x2 - x1) * 180 / .pi
    // Several GPUs' names stand one after the other along their slopes.
    let place = min(0.85, 0.08 + 0.2 * Double(index % 4))
    return line(x1, y1, x2, y2, color, width: 2, dashes: isFirst ? "" : "2 4")
      + Self.note(
        slope.name, x1 + (x2 - x1) * place, y1 + (y2 - y1) * place - 6, size: 11, color: color, turned: angle)
  }
}
