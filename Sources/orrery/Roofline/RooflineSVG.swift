import Foundation
import Quantities

/// Rooflines of one or several GPUs, and kernels in them, as an SVG picture that needs nothing beside itself. Both axes are
/// logarithmic: useful FLOPs of a byte that must move, and FLOPs of a second.
struct RooflineSVG {
  /// A GPU's roofs: named peaks in FLOP/s, named slopes in bytes a second; the first of each is the one that counts.
  struct Roofs {
    var name: String
    var peaks: [(name: String, value: Double)]
    var slopes: [(name: String, value: Double)]
  }
  struct Point {
    var label: String
    /// Which of the roofs it belongs to.
    var roofs: Int
    /// FLOPs of a byte, and of a second.
    var intensity, rate: Double
    /// Of the largest area that a point may have.
    var weight = 1.0
    var note: String
    /// Nil for the color of its roofs.
    var color: String?
  }

  let text: String

  /// - Parameter legend: what colors of points mean, where they mean something.
  init(
    title: String, _ roofs: [Roofs], _ points: [Point], legend: [(name: String, color: String)] = [],
    footnote: String = ""
  ) {
    let frame = RooflineFrame(roofs, points)
    let names = RooflineLabels(points, frame)
    let lines = roofs.indices.map { frame.roofs(roofs[$0], color: Self.color($0), labelled: $0) }.joined()
    // Small points lie over large ones.
    let marks = points.sorted { $0.weight > $1.weight }.map { Self.mark($0, frame) }.joined()
    let meanings = roofs.indices.map { (Self.meaning(roofs[$0]), Self.color($0)) } + legend.map { ($0.name, $0.color) }
    let key = Self.key(meanings, apart: roofs.count)
    let height = key.bottom + (footnote.isEmpty ? 0 : 18)
    let note = RooflineFrame.note(footnote, RooflineFrame.left, key.bottom + 4, size: 11, color: "#666666")
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="900" height="\(pixels(height))" viewBox="0 0 900 \(pixels(height))" \
      font-family="Helvetica, Arial, sans-serif" font-size="12">
      <title>\(escaped(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(pixels(RooflineFrame.left))" y="28" font-size="15" font-weight="bold" fill="#222222">\(escaped(title))</text>
      \(frame.axes)\(lines)\(marks)\(names.text)\(key.text)\(note)</svg>

      """
  }

  static let colors = ["#2b6cb0", "#c05621", "#2f855a", "#805ad5", "#b83280", "#718096"]
  static func color(_ index: Int) -> String { colors[index % colors.count] }

  private static func mark(_ point: Point, _ frame: RooflineFrame) -> String {
    let (x, y) = (frame.x(point.intensity), frame.y(point.rate))
    return "<g><title>\(escaped(point.note))</title><circle cx=\"\(pixels(x))\" cy=\"\(pixels(y))\" "
      + "r=\"\(pixels(point.radius))\" fill=\"\(point.color ?? color(point.roofs))\" fill-opacity=\"0.55\" stroke=\"#ffffff\"/></g>\n"
  }

  private static func meaning(_ roofs: Roofs) -> String {
    let peaks = roofs.peaks.map { "\($0.name) \(withDecimalPrefix($0.value, "FLOP/s"))" }
    let slopes = roofs.slopes.map { "\($0.name) \(withDecimalPrefix($0.value, "B/s"))" }
    return "\(roofs.name): " + (peaks + slopes).joined(separator: ", ")
  }

  /// The first `apart` on lines of their own, the others side by side.
  private static func key(_ entries: [(String, String)], apart: Int) -> (text: String, bottom: Double) {
    var (x, y, text) = (RooflineFrame.left, RooflineFrame.bottom + 58, "")
    for (index, (name, color)) in entries.enumerated() {
      text +=
        "<rect x=\"\(pixels(x))\" y=\"\(pixels(y - 10))\" width=\"14\" height=\"12\" fill=\"\(color)\"/>"
        + RooflineFrame.note(name, x + 20, y)
      x += 44 + 6.6 * Double(name.count)
      let next = index + 1 < entries.count ? 24 + 6.6 * Double(entries[index + 1].0.count) : 0
      if index < apart || x + next > RooflineFrame.right { (x, y) = (RooflineFrame.left, y + 19) }
    }
    return (text, y + (x > RooflineFrame.left ? 19 : 0))
  }
}

func pixels(_ value: Double) -> String { fixed(value, decimals: 1) }

func escaped(_ text: String) -> String {
  text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"][$0] ?? String($0) }.joined()
}
