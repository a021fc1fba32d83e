extension Keys {
  private static let ending = ["linear", "cosine", "wsd"]

  static let schedulerType = Key<SchedulerType>(
    "lr_scheduler.type", .choice, default: .constant, "How the learning rate falls after warm-up.",
    aliases: ["lr_scheduler.lr_decay_style", "lr_decay_style"])
  static let warmup = Key<Int>(
    "lr_scheduler.warmup_steps", .integer(atLeast: 0), default: 0,
    "Steps of linear warm-up: step s has lr · (s + 1) / (warmup_steps + 1).",
    aliases: ["lr_scheduler.lr_warmup_steps", "lr_warmup_steps", "lr_warmup_iters"])
  static let minimumRate = Key<Double>(
    "lr_scheduler.min_lr", .notNegative, default: 0, "The least learning rate after warm-up.",
    aliases: ["lr_scheduler.min_decay_lr", "min_lr"],
    of: ["linear", "cosine", "step", "multistep", "exponential", "wsd"])
  static let decaySteps = Key<Int?>(
    "lr_scheduler.decay_steps", .optional(.count), default: nil, shown: "training.steps",
    "The step of the run, counted from 0, at which min_lr is reached.",
    aliases: ["lr_decay_iters"], of: ending)
  static let decayRatio = Key<Double>(
    "lr_scheduler.decay_ratio", .factor, default: 0.1,
    "The last share of decay_steps, over which the rate falls linearly.", of: ["wsd"])
  static let stepSize = Key<Int?>(
    "lr_scheduler.step_size", .optional(.count), default: nil, shown: "required",
    "Steps after warm-up from one factor gamma to the next.", of: ["step"])
  static let milestones = Key<[Int]?>(
    "lr_scheduler.milestones", .optional(.list(of: .count)), default: nil, shown: "required",
    "Steps of the run, rising and after warm-up, from each of which on one more factor gamma applies.",
    of: ["multistep"])
  static let gamma = Key<Double?>(
    "lr_scheduler.gamma", .optional(.factor), default: nil, shown: "0.1; required for exponential",
    "The factor: at every step_size, milestone, or step (exponential).", of: ["step", "multistep", "exponential"])

  static let schedulerSection = [
    schedulerType.description, warmup.description, minimumRate.description, decaySteps.description,
    decayRatio.description, stepSize.description, milestones.description, gamma.description,
  ]
}
