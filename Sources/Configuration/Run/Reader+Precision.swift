internal import Foundation
internal import Quantities
internal import Training

extension Reader {
  mutating func readPrecision() -> PrecisionPlan {
    let type = read(Keys.precision)
    let gradient = read(Keys.gradientPrecision, else: type.accumulation)
    let fitting = type.gradientTypes
    if !fitting.contains(gradient), isSound(Keys.precision.name) {
      complainAboutValue(
        Keys.gradientPrecision.name, because: "does not fit precision \(type.rawValue)",
        hint: "use \(fitting.map(\.rawValue).joined(separator: " or ")), or remove it")
    }
    return PrecisionPlan(type, gradient: gradient, lossScaling: readLossScaling(type))
  }

  private mutating func readLossScaling(_ type: ScalarType) -> LossScaling? {
    guard type != .float16 else { return readLossScaling() }
    refuseUnread(
      of: Keys.precisionSection, because: "is not used by precision \(type.rawValue)", choice: Keys.precision.name)
    return nil
  }

  private mutating func readLossScaling() -> LossScaling {
    let scale = read(Keys.lossScale)
    guard scale == 0 else {
      for key in Keys.dynamicScaleSection where isGiven(key.name) {
        complain(
          key.name, because: "is not used by the fixed fp16.loss_scale \(scale)",
          hint: "remove it, or set fp16.loss_scale to 0")
      }
      return LossScaling(initialScale: scale, isStatic: true)
    }
    return readDynamicScaling()
  }

  private mutating func readDynamicScaling() -> LossScaling {
    let scaling = LossScaling(
      initialScale: scalbn(1, read(Keys.initialScalePower)), window: read(Keys.lossScaleWindow),
      hysteresis: read(Keys.hysteresis), backoff: read(Keys.backoffFactor), growth: read(Keys.growthFactor),
      minimum: read(Keys.minimumLossScale))
    if scaling.minimum > scaling.initialScale, isSound(Keys.initialScalePower.name, Keys.minimumLossScale.name) {
      complain(
        Keys.minimumLossScale.name, Keys.initialScalePower.name, value: "\(scaling.minimum)",
        because: "is above the first scale of \(scaling.initialScale)", hint: "use a smaller min_loss_scale")
    }
    return scaling
  }
}

extension ScalarType {
  /// What gradients of a run in this type can be kept in.
  fileprivate var gradientTypes: [ScalarType] {
    switch self {
    case .float32, .float64, .int32: [self]
    case .bfloat16, .float16: [.float32, self]
    }
  }
}
