import Quantities

/// Names beside points, none over another name or a point: one that finds no room is left to the point's tooltip.
struct RooflineLabels {
  let text: String

  private struct Box {
    var x, y, width, height: Double
    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
  }

  private static let height = 13.0

  init(_ points: [RooflineSVG.Point], _ frame: RooflineFrame) {
    var taken = points.map { Self.disc($0, frame) }
    var result = ""
    for point in points.sorted(by: { $0.weight > $1.weight }) where !point.label.isEmpty {
      let places = Self.places(point, frame)
      guard let box = places.first(where: { box in !taken.contains { $0.overlaps(box) } }) else { continue }
      taken.append(box)
      result += Self.drawn(point, box, frame)
    }
    text = result
  }

  private static func disc(_ point: RooflineSVG.Point, _ frame: RooflineFrame) -> Box {
    let (x, y, radius) = (frame.x(point.intensity), frame.y(point.rate), point.radius)
    return Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius)
  }

  /// Beside the point, and ever farther above and below.
  private static func places(_ point: RooflineSVG.Point, _ frame: RooflineFrame) -> [Box] {
    let (x, y) = (frame.x(point.intensity), frame.y(point.rate))
    let width = 6.2 * Double(point.label.count)
    let away = point.radius + 4
    let heights = (0...11).flatMap { step in step == 0 ? [0.0] : [14 * Double(step), -14 * Double(step)] }
    return heights.flatMap { height -> [Box] in
      let shift = abs(height) > 20 ? 10.0 : 0
      return [x + away + shift, x - away - shift - width].map {
        Box(x: $0, y: y + height - Self.height / 2, width: width, height: Self.height)
      }
    }.filter { box in
      box.x > RooflineFrame.left && box.x + width < RooflineFrame.right && box.y > RooflineFrame.top
        && box.y + box.height < RooflineFrame.bottom
    }
  }

  /// The name, and where it stands far from its point, a line between them.
  private static func drawn(_ point: RooflineSVG.Point, _ box: Box, _ frame: RooflineFrame) -> String {
    let (x, y) = (frame.x(point.intensity), frame.y(point.rate))
    let middle = box.y + height / 2
    let isRight = box.x > x
    let lead =
      abs(middle - y) < 10
      ? "" : frame.line(x, y, isRight ? box.x - 2 : box.x + box.width + 2, middle, "#333333", opacity: 0.5, width: 0.7)
    return lead
      + RooflineFrame.note(
        point.label, isRight ? box.x : box.x + box.width, box.y + 10, anchor: isRight ? "start" : "end", size: 11,
        color: "#111111")
  }
}

extension RooflineSVG.Point {
  /// Pixels.
  var radius: Double { min(14, max(2.5, 14 * weight.squareRoot())) }
}
