import Foundation
import Reporting
import Testing

/// What a reader sees of the picture: where the marks lie, and what the axes say.
private struct Picture {
  var points: [(x: Double, y: Double)]
  /// Values and places of the ticks along each axis.
  var across, up: [(value: Double, place: Double)]

  init(_ text: String) throws {
    points = text.matches(of: /<g class="point" transform="translate\(([-\d.]+) ([-\d.]+)\)">/)
      .map { (Double($0.1)!, Double($0.2)!) }
    across = text.matches(of: /<text x="([-\d.]+)" y="[-\d.]+" class="x"[^>]*>([^<]*)</)
      .map { (number(String($0.2)), Double($0.1)!) }
    // The words stand four pixels below their lines.
    up = text.matches(of: /<text x="[-\d.]+" y="([-\d.]+)" class="y"[^>]*>([^<]*)</)
      .map { (number(String($0.2)), Double($0.1)! - 4) }
  }

  /// Reads a value off an axis, as with a ruler between its first tick and its last.
  func value(_ place: Double, on axis: [(value: Double, place: Double)]) -> Double {
    let (first, last) = (axis.first!, axis.last!)
    let share = (place - first.place) / (last.place - first.place)
    return first.value * pow(last.value / first.value, share)
  }
}

/// `0.02`, `5,000`, `10⁻⁴` or `3·10⁻⁷`.
private func number(_ text: String) -> Double {
  let raised = Dictionary(uniqueKeysWithValues: zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
  guard let power = text.firstRange(of: /10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+$/) else { return Double(text.replacing(",", with: ""))! }
  let factor = text[..<power.lowerBound].replacing("·", with: "")
  let exponent = String(text[power].dropFirst(2).map { raised[$0]! })
  return (factor.isEmpty ? 1 : Double(factor)!) * pow(10, Double(exponent)!)
}

private func sampleGroups(seed: Int, low: Double, high: Double) -> [ParityPlot.Group] {
  var numbers = TraceNumbers(seed: seed)
  return (0...seed % 8).map { group in
    let points = (0..<Int.random(in: 1..<9, using: &numbers)).map { index in
      let measured = low * pow(high / low, Double.random(in: 0...1, using: &numbers))
      return ParityPlot.Point(
        measured: measured, predicted: measured * Double.random(in: 0.4...1.8, using: &numbers), label: "run \(index)")
    }
    return ParityPlot.Group(name: "group \(group)", points: points)
  }
}

struct ParityPlotTests {
  @Test(arguments: [
    (0.7, 40), (1, 1), (1e-9, 300), (2e-7, 5e-7), (3, 3e6), (1e5, 2e5), (43, 48), (1e-30, 1e30), (9.7, 10.4),
  ])
  func `every point is inside the frame, where the axes say`(_ low: Double, _ high: Double) throws {
    for seed in 0..<8 {
      let groups = sampleGroups(seed: seed, low: low, high: high)
      let plot = try ParityPlot(title: "Any", quantity: "step time", unit: "s", groups)
      let picture = try Picture(plot.text)
      let points = groups.flatMap(\.points)
      try #require(picture.points.count == points.count)
      // A tenth of a pixel of an axis as long as the frame.
      let decades = log10(picture.across.last!.value / picture.across.first!.value)
      let slack = 0.1 * decades / (picture.across.last!.place - picture.across.first!.place)
      for (point, drawn) in zip(points, picture.points) {
        #expect((84...644).contains(drawn.x) && (48...608).contains(drawn.y))
        #expect(abs(log10(picture.value(drawn.x, on: picture.across) / point.measured)) <= slack)
        #expect(abs(log10(picture.value(drawn.y, on: picture.up) / point.predicted)) <= slack)
      }
    }
  }

  @Test(arguments: [(0.7, 40), (1, 1), (1e-9, 300), (3, 3e6), (43, 48), (1e-30, 1e30), (9.7, 10.4), (1, 12), (2, 900)])
  func `an axis has three to twelve ticks, in order, that do not touch`(_ low: Double, _ high: Double) throws {
    for seed in 0..<8 {
      let groups = sampleGroups(seed: seed, low: low, high: high)
      let picture = try Picture(ParityPlot(title: "Any", quantity: "step time", unit: "s", groups).text)
      #expect((3...12).contains(picture.across.count))
      #expect(picture.across.map(\.value) == picture.up.map(\.value))
      for (tick, next) in zip(picture.across, picture.across.dropFirst()) {
        #expect(next.value > tick.value && next.place - tick.place > 25)
      }
    }
  }

  @Test func `what is on a border of a band has its error`() throws {
    let points = [0.75, 0.9, 1, 1.1, 1.25].map { ParityPlot.Point(measured: 10, predicted: 10 * $0, label: "x") }
    let plot = try ParityPlot(
      title: "Any", quantity: "step time", unit: "s", [ParityPlot.Group(name: "one", points: points)])
    let picture = try Picture(plot.text)
    let bands = plot.text.matches(of: /<path d="M([-\d. L]+)Z" fill=/).map { corners(String($0.1)) }
    try #require(bands.count == 2)
    let edges = [bands[0][2...3], bands[1][2...3], bands[1][0...1], bands[0][0...1]].map(Array.init)
    for (edge, index) in zip(edges, [0, 1, 3, 4]) {
      let point = picture.points[index]
      let (from, to) = (edge.min { $0[0] < $1[0] }!, edge.max { $0[0] < $1[0] }!)
      let y = from[1] + (to[1] - from[1]) * (point.x - from[0]) / (to[0] - from[0])
      #expect(abs(y - point.y) < 0.05)
    }
  }

  @Test(arguments: [Double.nan, 0, -1, .infinity, .leastNonzeroMagnitude])
  func `a value without a place on the axis is refused, with the group, the point and the reason`(_ value: Double) {
    for (measured, predicted, key) in [(value, 1, "measured"), (1, value, "predicted")] {
      let points = [ParityPlot.Point(measured: measured, predicted: predicted, label: "175B")]
      let refused = #expect(throws: ParityPlotError.self) {
        try ParityPlot(
          title: "Any", quantity: "step time", unit: "s", [ParityPlot.Group(name: "A100", points: points)])
      }
      #expect(
        refused?.description
          == "parity plot: '175B' of the group 'A100': \(key) is \(value), which has no place on a logarithmic axis; "
          + "leave the point out, and say so")
    }
  }

  @Test func `nothing to draw is refused`() {
    #expect(throws: ParityPlotError(reason: "there are no groups of points to draw")) {
      try ParityPlot(title: "Any", quantity: "step time", unit: "s", [])
    }
    #expect(throws: ParityPlotError(reason: "the group 'A100' has no points; leave it out")) {
      try ParityPlot(title: "Any", quantity: "step time", unit: "s", [ParityPlot.Group(name: "A100", points: [])])
    }
  }

  @Test func `the legend names every group, and groups of one color differ in shape`() throws {
    let groups = (0..<30).map { index in
      ParityPlot.Group(
        name: "<group> & \(index)", points: [ParityPlot.Point(measured: 1, predicted: 2, label: "\"a\"")])
    }
    let text = try ParityPlot(title: "T < 1", quantity: "step time", unit: "ms", groups).text
    for index in 0..<30 { #expect(text.contains(">&lt;group&gt; &amp; \(index) (1 point)</text>")) }
    let keys = text.matches(of: /<g class="key"[^>]*>(<path [^>]*>)/).map { String($0.1) }
    #expect(keys.count == 30 && Set(keys).count == 30)
    #expect(text.contains(">measured step time, ms<") && text.contains(">predicted step time, ms<"))
    #expect(text.contains(">within ±10 %<") && text.contains(">within ±25 %<"))
  }

  @Test func `the picture is whole, needs nothing beside itself, and is the same each time`() throws {
    let groups = sampleGroups(seed: 6, low: 1, high: 90)
    let text = try ParityPlot(title: "T < 1 & \"more\"", quantity: "step time", unit: "s", groups).text
    #expect(try text == ParityPlot(title: "T < 1 & \"more\"", quantity: "step time", unit: "s", groups).text)
    #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(text.hasSuffix("</svg>\n"))
    #expect(text.contains("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"))
    #expect(!text.contains("href"))
    #expect(!text.contains("nan") && !text.contains("inf"))
  }
}

private func corners(_ path: String) -> [[Double]] {
  path.split(separator: "L").map { $0.split(separator: " ").map { Double($0)! } }
}
