import Foundation
import Quantities

/// A parity plot's axes: where a value lies on the paper. Both have the same range, so that the diagonal is exact prediction.
struct ParityFrame {
  /// Pixels.
  static let left = 84.0, right = 644.0, top = 48.0, bottom = 608.0

  /// Decimal logarithms at the ends of both axes.
  private let range: ClosedRange<Double>

  /// Some room around the points, and no less than a factor of two in all: equal points still have axes.
  init(_ points: [ParityPlot.Point]) {
    let logs = points.flatMap { [log10($0.measured), log10($0.predicted)] }
    let (low, high) = (logs.min() ?? 0, logs.max() ?? 0)
    let room = max(0.06 * (high - low), (0.302 - (high - low)) / 2, 0.03)
    range = (low - room)...(high + room)
  }

  func x(_ value: Double) -> Double { Self.left + share(log10(value)) * (Self.right - Self.left) }
  func y(_ value: Double) -> Double { Self.bottom - share(log10(value)) * (Self.bottom - Self.top) }

  /// Of the axis, up to a logarithm.
  private func share(_ log: Double) -> Double { (log - range.lowerBound) / (range.upperBound - range.lowerBound) }
}

extension ParityFrame {
  /// Each within so much of the measurement, the wider ones below, and the diagonal.
  static let bounds: [(share: Double, color: String)] = [(0.25, "#e6edf5"), (0.10, "#c6d7e9")]

  var bands: String {
    let size = "width=\"\(pixels(Self.right - Self.left))\" height=\"\(pixels(Self.bottom - Self.top))\""
    let corner = "x=\"\(pixels(Self.left))\" y=\"\(pixels(Self.top))\""
    let shapes = Self.bounds.map { band($0.share, $0.color) }.joined()
    let (low, high) = (range.lowerBound, range.upperBound)
    let diagonal = line(point(low, low), point(high, high), "stroke=\"#4a5568\" stroke-width=\"1.2\"")
    return "<clipPath id=\"parity-frame\"><rect \(corner) \(size)/></clipPath>\n"
      + "<g clip-path=\"url(#parity-frame)\">\n\(shapes)\(diagonal)</g>\n"
      + "<rect \(corner) \(size) fill=\"none\" stroke=\"#a0aec0\"/>\n"
  }

  private func band(_ share: Double, _ color: String) -> String {
    let (over, under) = (log10(1 + share), log10(1 - share))
    let (low, high) = (range.lowerBound, range.upperBound)
    let upper = "\(point(low, low + over))L\(point(high, high + over))"
    let lower = "\(point(high, high + under))L\(point(low, low + under))"
    return "<path d=\"M\(upper)L\(lower)Z\" fill=\"\(color)\"/>\n"
  }

  private func point(_ across: Double, _ up: Double) -> String {
    let x = Self.left + share(across) * (Self.right - Self.left)
    return "\(pixels(x)) \(pixels(Self.bottom - share(up) * (Self.bottom - Self.top)))"
  }

  private func line(_ from: String, _ to: String, _ style: String) -> String {
    "<path d=\"M\(from)L\(to)\" fill=\"none\" \(style)/>\n"
  }

  func axes(_ quantity: String, _ unit: String) -> String {
    let ticks = ParityTicks(range)
    let marks = zip(ticks.values, ticks.texts).map { tick, text -> String in
      let (x, y) = (x(tick), y(tick))
      let grid = "stroke=\"#000000\" stroke-opacity=\"0.09\""
      return line("\(pixels(x)) \(pixels(Self.top))", "\(pixels(x)) \(pixels(Self.bottom))", grid)
        + line("\(pixels(Self.left)) \(pixels(y))", "\(pixels(Self.right)) \(pixels(y))", grid)
        + note(text, x, Self.bottom + 17, "class=\"x\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555555\"")
        + note(text, Self.left - 8, y + 4, "class=\"y\" text-anchor=\"end\" font-size=\"11\" fill=\"#555555\"")
    }
    let (middle, center) = ((Self.left + Self.right) / 2, (Self.top + Self.bottom) / 2)
    let turned = "text-anchor=\"middle\" fill=\"#222222\" transform=\"rotate(-90 22 \(pixels(center)))\""
    return marks.joined()
      + note("measured \(quantity), \(unit)", middle, Self.bottom + 38, "text-anchor=\"middle\" fill=\"#222222\"")
      + note("predicted \(quantity), \(unit)", 22, center, turned)
  }
}

func note(_ text: String, _ x: Double, _ y: Double, _ style: String) -> String {
  "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\" \(style)>\(markup(text))</text>\n"
}
