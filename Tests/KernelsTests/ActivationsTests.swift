import Foundation
import Kernels
import Quantities
import Testing

@Suite("Activations")
struct ActivationsTests {
  private static let all: [ActivationLoop] = [.relu, .gelu, .geluTanh, .silu, .quickGELU]

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// f(x) as the papers write it: no shared exponential, a real tanh.
  static func reference(_ f: ActivationLoop, _ x: Double) -> Double {
    switch f {
    case .relu: max(0, x)
    case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x * sigmoid(x)
    case .quickGELU: x * sigmoid(1.702 * x)
    }
  }

  /// f′(x) by a central difference of fourth order: independent of every formula in the kernels.
  static func slope(_ f: ActivationLoop, _ x: Double) -> Double {
    let h = 1e-3
    let near = reference(f, x + h) - reference(f, x - h)
    let far = reference(f, x + 2 * h) - reference(f, x - 2 * h)
    return (8 * near - far) / (12 * h)
  }

  private static let points = stride(from: -12.0, through: 12.0, by: 0.03).map { Double(Float($0 + 0.011)) }

  @Test("Values agree with the definitions within 8 epsilons of max(|f(x)|, 1)", arguments: all, types)
  func forwardAgrees(f: ActivationLoop, type: ScalarType) throws {
    let memory = try Memory(type)
    for count in oddSizes + [Self.points.count] {
      let x = Array(Self.points.suffix(count))
      let y = memory.zeros(count)
      activation(f, type, memory.region(x), y, count: count)
      let worst = worstError(memory.values(y, count), x.map { Self.reference(f, $0) }, type, floor: 1)
      #expect(worst <= 8, "\(count) values")
    }
  }

  @Test("Slopes agree with differences of the definitions", arguments: all, types)
  func backwardAgrees(f: ActivationLoop, type: ScalarType) throws {
    let memory = try Memory(type)
    var noise = Noise(3)
    for count in oddSizes + [Self.points.count] {
      let (x, dy) = (Array(Self.points.suffix(count)), noise.values(count, within: 2))
      let dx = memory.region(dy)
      activationBackward(f, type, dx, memory.region(x), dx, count: count)
      let expected = zip(x, dy).map { Self.slope(f, $0) * $1 }
      let worst = zip(memory.values(dx, count), expected).map { abs($0 - $1) }.max()!
      // The difference itself is good to about 1e-10 here.
      #expect(worst <= (type == .float64 ? 1e-9 : 2e-5), "\(count) values")
    }
  }

  @Test("Far arguments give 0 on one side and x on the other, with slopes 0 and 1", arguments: all, types)
  func farArguments(f: ActivationLoop, type: ScalarType) throws {
    let memory = try Memory(type)
    let x = memory.region([-1e4, 1e4])
    let (y, dx) = (memory.zeros(2), memory.zeros(2))
    activation(f, type, x, y, count: 2)
    activationBackward(f, type, memory.region([1, 1]), x, dx, count: 2)
    let (values, slopes) = (memory.values(y, 2), memory.values(dx, 2))
    #expect(abs(values[0]) < 1e-30 && values[1] == 1e4)
    #expect(abs(slopes[0]) < 1e-25 && slopes[1] == 1)
  }

  @Test("What is no number is not hidden", arguments: all, types)
  func notANumber(f: ActivationLoop, type: ScalarType) throws {
    let memory = try Memory(type)
    let y = memory.zeros(1)
    activation(f, type, memory.region([.nan]), y, count: 1)
    let result = memory.values(y, 1)[0]
    #expect(result.isNaN)
  }
}
