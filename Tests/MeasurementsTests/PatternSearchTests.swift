import Foundation
import Measurements
import Testing

@Suite struct PatternSearchTests {
  private let free = PatternSearch(widths: [1, 1], ranges: [1e-3...1e3, 1e-3...1e3])

  /// A bowl in logarithms.
  private func bowl(_ low: [Double], tilt: Double = 0) -> ([Double]) -> Double {
    { point in
      let x = zip(point, low).map { log($0 / $1) }
      return x[0] * x[0] + 3 * x[1] * x[1] + tilt * x[0] * x[1]
    }
  }

  @Test(arguments: [[1.0, 1.0], [0.02, 300], [7, 0.5], [900, 900]], [0.0, 2.5])
  func `a minimum is found from afar, with coordinates that depend on each other too`(low: [Double], tilt: Double) {
    let found = free.minimum(from: [1, 1], bowl(low, tilt: tilt))
    for (found, low) in zip(found, low) { #expect(abs(log(found / low)) < 0.05, "\(found) for \(low)") }
  }

  @Test func `a coordinate without width stays, and the others find their best for it`() {
    let search = PatternSearch(widths: [0, 1], ranges: free.ranges)
    let found = search.minimum(from: [5, 5], bowl([1, 1]))
    #expect(found[0] == 5)
    #expect(abs(log(found[1])) < 0.05)
  }

  @Test func `no point outside the ranges is asked for`() {
    let search = PatternSearch(widths: [1, 1], ranges: [2...4, 1e-3...1e3])
    let found = search.minimum(from: [3, 3]) { point in
      #expect((2...4).contains(point[0]))
      return bowl([1, 1])(point)
    }
    #expect(found[0] == 2)
  }

  @Test func `it ends where nothing is better, and says the same twice`() {
    #expect(free.minimum(from: [3, 4]) { _ in 1 } == [3, 4])
    #expect(free.minimum(from: [3, 4], bowl([20, 0.3])) == free.minimum(from: [3, 4], bowl([20, 0.3])))
  }
}
