import Foundation

/// The loss scale of an fp16 run: a value that steers between steps.
package struct LossScaler: Hashable, Sendable, Codable {
  package let settings: LossScaling
  package private(set) var scale: Double
  /// Clean steps since the scale last changed or overflowed.
  package private(set) var cleanSteps = 0
  /// Overflows that are still tolerated before the scale shrinks.
  package private(set) var tolerance: Int

  package init(_ settings: LossScaling) {
    (self.settings, scale, tolerance) = (settings, settings.initialScale, settings.hysteresis)
  }

  /// Goes on from another's counts, under settings of its own; a static scale stays what the settings say.
  package mutating func resume(_ other: LossScaler) {
    guard !settings.isStatic else { return }
    scale = max(settings.minimum, other.scale)
    cleanSteps = min(other.cleanSteps, settings.window - 1)
    tolerance = min(other.tolerance, settings.hysteresis)
  }

  /// - Source: Megatron-LM's and DeepSpeed's dynamic scalers: an overflow costs one of `hysteresis`, at none left the scale is backed
  ///   off; growth after `window` clean steps restores them.
  package mutating func update(overflowed: Bool) {
    guard !settings.isStatic else { return }
    if overflowed {
      cleanSteps = 0
      tolerance -= 1
      if tolerance <= 0 { scale = max(settings.minimum, scale * settings.backoff) }
    } else {
      cleanSteps += 1
      guard cleanSteps == settings.window else { return }
      (cleanSteps, tolerance) = (0, settings.hysteresis)
      scale *= settings.growth
    }
  }
}
