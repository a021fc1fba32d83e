import Foundation

/// Finds a minimum by stepping along one coordinate at a time, in logarithms, with steps that halve: no derivatives, the same result
/// every time.
///
/// - Source: Hooke & Jeeves 1961.
package struct PatternSearch {
  /// Step sizes of the coordinates, in natural logarithms; a coordinate of width 0 stays.
  package var widths: [Double]
  package var ranges: [ClosedRange<Double>]

  package init(widths: [Double], ranges: [ClosedRange<Double>]) { (self.widths, self.ranges) = (widths, ranges) }

  package func minimum(from start: [Double], _ cost: ([Double]) -> Double) -> [Double] {
    var point = start
    var best = cost(point)
    var step = 0.6
    while step > 0.015 {
      var improved = false
      for index in point.indices where widths[index] > 0 {
        for sign in [1.0, -1.0] {
          var next = point
          let moved = point[index] * exp(sign * step * widths[index])
          next[index] = min(max(moved, ranges[index].lowerBound), ranges[index].upperBound)
          let value = cost(next)
          if value < best - 1e-7 { (best, point, improved) = (value, next, true) }
        }
      }
      if !improved { step /= 2 }
    }
    return point
  }
}
