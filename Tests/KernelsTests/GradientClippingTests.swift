import Kernels
import Quantities
import Testing

@Suite("Gradient clipping")
struct GradientClippingTests {
  private func clip(
    _ partials: [Double], scale: Double, maximum: Double
  ) throws -> (norm: Double, coefficient: Double) {
    let memory = try Memory(.float64)
    let (norm, coefficient) = (memory.zeros(1), memory.zeros(1))
    clipCoefficient(
      partials: memory.region(partials), count: partials.count, scale: memory.region([scale]), norm: norm,
      coefficient: coefficient, maximum: maximum)
    return (memory.values(norm, 1)[0], memory.values(coefficient, 1)[0])
  }

  @Test("The norm is that of unscaled gradients, the factor clips and undoes the scale", arguments: [1.0, 1024, 0.5])
  func scales(scale: Double) throws {
    let partials = [9, 16, 0].map { $0 * scale * scale }
    let large = try clip(partials, scale: scale, maximum: 1)
    let small = try clip(partials, scale: scale, maximum: 10)
    let free = try clip(partials, scale: scale, maximum: 0)
    #expect([large.norm, small.norm, free.norm] == [5, 5, 5])
    #expect(large.coefficient == 1 / (5 + 1e-6) / scale)
    #expect([small.coefficient, free.coefficient] == [1 / scale, 1 / scale])
  }

  @Test("No gradient is no reason to scale")
  func zero() throws {
    let result = try clip([0], scale: 1, maximum: 1)
    #expect(result.norm == 0)
    #expect(result.coefficient == 1)
  }

  @Test("Sums that are not finite keep their norm and have no factor", arguments: [0.0, 1], [1.0, 1024])
  func overflow(maximum: Double, scale: Double) throws {
    let endless = try clip([1, .infinity, 2], scale: scale, maximum: maximum)
    let none = try clip([1, .nan, 2], scale: scale, maximum: maximum)
    #expect(endless.norm == .infinity)
    #expect(none.norm.isNaN)
    #expect(endless.coefficient.isNaN)
    #expect(none.coefficient.isNaN)
  }
}
