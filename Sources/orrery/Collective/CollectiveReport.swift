import NetworkModel
import Quantities
import Timing

/// What `orrery collective` says: a row for each size, then what each schedule's busiest link carried.
struct CollectiveReport {
  private let answer: CollectiveAnswer
  private var question: CollectiveQuestion { answer.question }

  init(_ answer: CollectiveAnswer) { self.answer = answer }

  var text: String {
    [heading, times, links, remarks].map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: [String] {
    Heading(
      [
        ("collective", "\(question.kind.rawValue), of \(sized)"), ("groups", groups),
        ("cluster", question.cluster.inWords),
      ], notes: answer.notes
    ).lines
  }

  private var sized: String {
    switch question.kind {
    case .allReduce, .broadcast: "so many bytes on each GPU"
    case .allGather, .reduceScatter: "so many bytes in all parts together"
    case .allToAll, .sendReceive: "so many bytes on each GPU for all"
    }
  }

  private var groups: String {
    let groups = question.groups
    let apart = groups.stride > 1 ? ", \(grouped(groups.stride)) apart" : ""
    guard groups.count > 1 else { return "one of \(grouped(groups.size)) GPUs\(apart)" }
    return "\(grouped(groups.count)) of \(grouped(groups.size)) GPUs\(apart), all at once"
  }

  private var times: [String] {
    let schedules = question.schedules.flatMap { [$0.rawValue, "bus bw"] }
    let titles = ["size", "closed form", "by", "alg. bw", "bus bw"] + schedules
    return TextTable([titles] + answer.rows.map(row), leftAligned: [0, 2]).lines
  }

  private func row(_ row: CollectiveAnswer.Row) -> [String] {
    let closed = row.closedForm
    let way = "\(closed.algorithm.rawValue), \(closed.wireProtocol.rawValue)"
    return [
      "\(row.bytes)", withTimeUnit(closed.time.seconds), way, "\(closed.time.algorithmBandwidth)",
      "\(closed.time.busBandwidth)",
    ] + row.played.flatMap { [withTimeUnit($0.time.seconds), "\($0.time.busBandwidth)"] }
  }

  private var links: [String] {
    let titles = ["schedule", "size", "links", "carried", "by the busiest link"]
    let rows = question.schedules.indices.flatMap { place in
      answer.rows.map { row in
        let played = row.played[place]
        let busiest = played.busiest
        let others = busiest.alike > 1 ? ", and \(grouped(busiest.alike - 1)) alike" : ""
        return [
          played.schedule.rawValue, "\(row.bytes)", played.sharesLinks ? "shared" : "free", "\(busiest.bytes)",
          answer.topology.name(ofLink: busiest.link) + others,
        ]
      }
    }
    return TextTable([titles] + rows, leftAligned: [0, 1, 2, 4]).lines
  }

  private var remarks: [String] {
    let substitutions = answer.substitutions
    let borrowed = substitutions.isEmpty ? [] : ["constants of others: \(substitutions.joined(separator: "; "))"]
    let texts =
      [
        "closed form: the algorithm and protocol that NCCL's tuner takes, with fitted constants, as estimates have it",
        "message by message: overhead and latency of links, and their bytes shared fairly; no launch, protocol or copy; one "
          + "ring where NCCL has one through each card, and trees of whole buffers",
      ] + borrowed + ["error band: \(ErrorBand.text) (\(ErrorBand.command))"]
    return texts.flatMap { wrapped($0) }
  }
}
