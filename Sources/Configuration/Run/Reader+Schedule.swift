internal import Training

extension Reader {
  /// The learning rate over the run; nil after a mistake. Keys that the type does not use are mistakes.
  mutating func readSchedule(steps: Int) -> LearningRateSchedule? {
    let before = errors.count
    let (peak, type, warmup) = (read(Keys.learningRate), read(Keys.schedulerType), read(Keys.warmup))
    let minimum = type == .constant ? 0 : read(Keys.minimumRate)
    let shape = readShape(type, warmup: warmup, steps: steps)
    refuseUnread(
      of: Keys.schedulerSection, because: "is not used by lr_scheduler.type \(type.rawValue)",
      choice: Keys.schedulerType.name)
    if minimum > peak, isSound(Keys.minimumRate.name, Keys.learningRate.name) {
      complainAboutValue(Keys.minimumRate.name, because: "is above optimizer.lr \(peak)", hint: "use at most \(peak)")
    }
    guard let shape, errors.count == before else { return nil }
    return LearningRateSchedule(peak: peak, minimum: minimum, warmupSteps: warmup, shape: shape)
  }

  private mutating func readShape(
    _ type: SchedulerType, warmup: Int, steps: Int
  ) -> LearningRateSchedule.Shape? {
    switch type {
    case .constant: return .constant
    case .linear: return .linear(end: readEnd(warmup, steps))
    case .cosine: return .cosine(end: readEnd(warmup, steps))
    case .step:
      let (size, gamma) = (required(Keys.stepSize, type), read(Keys.gamma, else: 0.1))
      return size.map { .step(size: $0, gamma: gamma) }
    case .multistep:
      let (milestones, gamma) = (readMilestones(after: warmup), read(Keys.gamma, else: 0.1))
      return milestones.map { .multiStep(milestones: $0, gamma: gamma) }
    case .exponential: return required(Keys.gamma, type).map { .exponential(gamma: $0) }
    case .wsd: return readWSD(warmup: warmup, steps: steps)
    }
  }

  private mutating func required<Value>(_ key: Key<Value?>, _ type: SchedulerType) -> Value? {
    let value = read(key)
    if value == nil, isSound(key.name) {
      complain(key.name, because: "is missing", hint: "lr_scheduler.type \(type.rawValue) needs it")
    }
    return value
  }

  /// Where the decay ends: after warm-up.
  private mutating func readEnd(_ warmup: Int, _ steps: Int) -> Int {
    let end = read(Keys.decaySteps, else: steps)
    if end <= warmup, isSound(Keys.decaySteps.name, Keys.warmup.name, Keys.steps.name) {
      complain(
        Keys.decaySteps.name, Keys.warmup.name, value: isGiven(Keys.decaySteps.name) ? "\(end)" : "\(warmup)",
        because: "leaves nothing to decay: warm-up ends at step \(warmup), decay at step \(end)",
        hint: "use a warmup_steps below \(end), or more decay_steps")
    }
    return end
  }

  private mutating func readMilestones(after warmup: Int) -> [Int]? {
    guard let milestones = required(Keys.milestones, .multistep) else { return nil }
    if !zip([warmup] + milestones, milestones).allSatisfy({ $0 < $1 }) {
      complain(
        Keys.milestones.name, value: "\(milestones)", because: "are not rising steps after warm-up (step \(warmup))")
    }
    return milestones
  }

  private mutating func readWSD(warmup: Int, steps: Int) -> LearningRateSchedule.Shape {
    let (end, ratio) = (readEnd(warmup, steps), read(Keys.decayRatio))
    let length = max(1, Int((ratio * Double(end)).rounded()))
    if end - length < warmup, isSound(Keys.decayRatio.name, Keys.decaySteps.name, Keys.warmup.name) {
      complainAboutValue(
        Keys.decayRatio.name,
        because: "overlaps warm-up: decay starts at step \(end - length), warm-up ends at step \(warmup)",
        hint: "use a smaller decay_ratio")
    }
    return .wsd(decayStart: end - length, end: end)
  }
}
