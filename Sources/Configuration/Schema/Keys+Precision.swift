internal import Quantities
internal import Training

extension Keys {
  static let precision = Key<ScalarType>(
    "precision", .scalar, default: .float32,
    "How parameters and activations are stored, sent and computed. 16-bit types keep fp32 master weights; "
      + "fp64 is a microscope for tests.")
  static let gradientPrecision = Key<ScalarType?>(
    "gradient_precision", .optional(.scalar), default: nil, shown: "fp32; fp64 for precision fp64",
    "How gradients are kept and summed over ranks: fp32, or the 16-bit type itself.",
    aliases: ["communication_data_type", "gradient_type"])

  static let lossScale = Key<Double>(
    "fp16.loss_scale", .notNegative, default: 0,
    "What the loss is multiplied by, so that gradients stay in fp16's range; 0 adapts it.", of: fp16)
  static let initialScalePower = Key<Int>(
    "fp16.initial_scale_power", .integer(atLeast: 0, atMost: 126), default: 16, "The first scale is 2 to this power.",
    aliases: ["initial_scale_power"], of: fp16)
  static let lossScaleWindow = Key<Int>(
    "fp16.loss_scale_window", .count, default: LossScaling().window, "Steps without overflow until the scale grows.",
    aliases: ["loss_scale_window"], of: fp16)
  static let hysteresis = Key<Int>(
    "fp16.hysteresis", .count, default: LossScaling().hysteresis, "Overflows until the scale shrinks.",
    aliases: ["hysteresis"], of: fp16)
  static let minimumLossScale = Key<Double>(
    "fp16.min_loss_scale", .positive, default: LossScaling().minimum, "The least scale.",
    aliases: ["min_loss_scale"], of: fp16)
  static let backoffFactor = Key<Double>(
    "fp16.backoff_factor", .shrinking, default: LossScaling().backoff, "What the scale shrinks by.", of: fp16)
  static let growthFactor = Key<Double>(
    "fp16.growth_factor", .growing, default: LossScaling().growth, "What the scale grows by.", of: fp16)

  /// What only a scale that adapts has.
  static let dynamicScaleSection = [
    initialScalePower.description, lossScaleWindow.description, hysteresis.description,
    minimumLossScale.description, backoffFactor.description, growthFactor.description,
  ]

  static let precisionSection =
    [precision.description, gradientPrecision.description, lossScale.description] + dynamicScaleSection

  private static let fp16 = [ScalarType.float16.rawValue]
}

extension Kind where Value == ScalarType {
  /// The types that a model can be stored in.
  static let scalar = choice([ScalarType.float32, .float64, .bfloat16, .float16].map { ($0.rawValue, $0) })
}
