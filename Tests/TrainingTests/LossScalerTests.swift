import Foundation
import Testing
import Training

@Suite("The loss scaler")
struct LossScalerTests {
  /// The scale after each of these steps, true for one that overflowed.
  private func scales(_ settings: LossScaling, _ overflows: [Bool]) -> [Double] {
    var scaler = LossScaler(settings)
    return overflows.map {
      scaler.update(overflowed: $0)
      return scaler.scale
    }
  }

  private func clean(_ count: Int) -> [Bool] { Array(repeating: false, count: count) }

  @Test("Its defaults are DeepSpeed's: 2^16, a window of 1000 steps, two overflows, a half and a double, at least 1")
  func defaults() {
    let settings = LossScaling()
    #expect(LossScaler(settings).scale == 0x1p16)
    #expect(settings.window == 1000 && settings.hysteresis == 2 && settings.minimum == 1)
    #expect(settings.backoff == 0.5 && settings.growth == 2 && !settings.isStatic)
  }

  @Test("It doubles after a window of clean steps, and after the next window again", arguments: [1, 2, 5])
  func growth(window: Int) {
    let scales = scales(LossScaling(initialScale: 8, window: window), clean(3 * window))
    for (step, scale) in scales.enumerated() { #expect(scale == 8 * pow(2, Double((step + 1) / window))) }
  }

  @Test("An overflow begins the window again")
  func interrupted() {
    let scales = scales(LossScaling(initialScale: 8, window: 3), clean(2) + [true] + clean(3))
    #expect(scales == [8, 8, 8, 8, 8, 16])
  }

  @Test("It halves at the last overflow that is tolerated, and at each one after it", arguments: [1, 2, 3])
  func hysteresis(tolerance: Int) {
    let scales = scales(
      LossScaling(initialScale: 64, hysteresis: tolerance), Array(repeating: true, count: tolerance + 2))
    let expected = Array(repeating: 64.0, count: tolerance - 1) + [32, 16, 8]
    #expect(scales == expected)
  }

  @Test("Clean steps alone do not bring tolerance back, a whole window of them does")
  func restored() {
    let settings = LossScaling(initialScale: 64, window: 3)
    #expect(scales(settings, [true] + clean(2) + [true]).last == 32)
    #expect(scales(settings, [true] + clean(3) + [true]).last == 128)
    #expect(scales(settings, [true] + clean(3) + [true, true]).last == 64)
  }

  @Test("It never falls below its minimum", arguments: [1.0, 3.0])
  func minimum(minimum: Double) {
    let scales = scales(LossScaling(initialScale: 8, minimum: minimum), Array(repeating: true, count: 10))
    #expect(scales.last == minimum)
    #expect(scales.allSatisfy { $0 >= minimum })
  }

  @Test("Other factors than a half and a double are taken as given")
  func factors() {
    let settings = LossScaling(initialScale: 100, window: 1, hysteresis: 1, backoff: 0.25, growth: 3)
    #expect(scales(settings, [true, false]) == [25, 75])
  }

  @Test("A static scale stays as it is")
  func isStatic() {
    let settings = LossScaling(initialScale: 128, window: 1, hysteresis: 1, isStatic: true)
    #expect(scales(settings, [true, false, true]) == [128, 128, 128])
  }

  @Test("It survives a file in the middle of a window, and goes on as if nothing had been")
  func roundTrip() throws {
    var straight = LossScaler(LossScaling(initialScale: 64, window: 4))
    for overflowed in [true, false, false] { straight.update(overflowed: overflowed) }
    var read = try JSONDecoder().decode(LossScaler.self, from: JSONEncoder().encode(straight))
    #expect(read == straight)
    for overflowed in [false, false, true] {
      straight.update(overflowed: overflowed)
      read.update(overflowed: overflowed)
      #expect(read == straight)
    }
  }
}
