import Quantities

/// Predictions beside measurements, as text.
enum NetlabReport {
  /// One world.
  static func text(_ world: LabWorld) -> String {
    let titles = ["collective", "ranks × hosts", "size", "predicted", "measured", "least", "most", "n", "error"]
    let rows = world.collectives.map { judgement in
      let (sample, lab) = (judgement.sample, world.lab)
      return [sample.collective.rawValue, "\(lab.ranks) × \(lab.hosts)", "\(ByteCount(sample.bytes))"]
        + [judgement.predicted, sample.seconds.median, sample.seconds.low, sample.seconds.high].map(withTimeUnit)
        + ["\(sample.repetitions)", signed(judgement.error)]
    }
    let table = TextTable([titles] + rows).lines
    return ([heading(world)] + table + step(world) + [""]).joined(separator: "\n")
  }

  private static func heading(_ world: LabWorld) -> String {
    let (lab, costs) = (world.lab, world.costs)
    var text = "\(lab.title): ports of \(withDecimalPrefix(8 * lab.rate.bytesPerSecond, "bit/s")), "
    text += "\(lab.goodput) of payload, buckets of \(lab.bucket); "
    text += "latency \(costs.network.latency), overhead \(costs.network.overhead)"
    if let memory = costs.memory, let copy = costs.copy {
      text += "; inside a host \(memory.latency), \(memory.overhead), \(copy)"
    }
    return text
  }

  private static func step(_ world: LabWorld) -> [String] {
    guard let step = world.step else { return [] }
    let measured = step.measured
    return [
      "training step: \(ByteCount(step.sentBytes)) sent by rank 0; \(withTimeUnit(measured.compute.median)) alone "
        + "+ \(withTimeUnit(step.messages)) of messages, all exposed = \(withTimeUnit(step.predicted)) predicted, "
        + "\(withTimeUnit(measured.step.median)) measured "
        + "(\(withTimeUnit(measured.step.low)) to \(withTimeUnit(measured.step.high)), n \(measured.steps)), "
        + "\(signed(step.error))"
    ]
  }

  /// All worlds.
  static func summary(_ worlds: [LabWorld]) -> String {
    let all = worlds.flatMap(\.collectives)
    let titles = ["|error|", "rows", "median", "mean", "worst", "bias"]
    let algorithms = LabCollective.allCases.map { collective in
      line(collective.rawValue, all.filter { $0.sample.collective == collective }.map(\.error))
    }
    let sizes = Set(all.map(\.sample.bytes)).sorted().map { bytes in
      line("\(ByteCount(bytes))", all.filter { $0.sample.bytes == bytes }.map(\.error))
    }
    let steps = [true, false].map { enough in
      let title = "training step, " + (enough ? "a core for each rank" : "more ranks than cores")
      return line(title, worlds.filter { ($0.lab.ranks <= $0.lab.cores) == enough }.compactMap { $0.step?.error })
    }
    let rows = [line("all collectives", all.map(\.error))] + algorithms + sizes + steps
    return TextTable([titles] + rows.compactMap(\.self)).lines.joined(separator: "\n")
  }

  private static func line(_ title: String, _ errors: [Double]) -> [String]? {
    let sizes = errors.map(abs).sorted()
    guard let worst = sizes.last else { return nil }
    let count = Double(sizes.count)
    return [title, "\(sizes.count)", percent(sizes[sizes.count / 2]), percent(sizes.reduce(0, +) / count)]
      + [percent(worst), signed(errors.reduce(0, +) / count)]
  }

  private static func signed(_ share: Double) -> String { (share > 0 ? "+" : "") + percent(share) }
}
