import ArgumentParser
import NetworkModel
import Quantities
import Timing

struct CollectiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collective",
    abstract: "Predict a collective on a cluster, in closed form and message by message.",
    discussion: """
      Kinds: all-reduce, all-gather, reduce-scatter, broadcast, all-to-all. A size is what nccl-tests calls one: of an \
      all-reduce and a broadcast a GPU's buffer, of the others the buffer of all parts. Every GPU takes part, in groups side by \
      side that start at once. The closed form is what estimates use: the algorithm and protocol that NCCL would take, with \
      constants fitted to measurements. Message by message, a schedule's messages share the cluster's links: it tells what \
      sharing does, without NCCL's own costs.

      orrery collective all-reduce 1MiB 64MiB 1GiB --cluster hgx-h100 --gpus 64
      orrery collective all-gather 256MiB --cluster dgx-a100-80 --gpus 32 --group-size 4 --stride 8
      orrery collective all-to-all 64MiB --cluster l40s-8 --gpus 8 --json
      """)

  @Argument(help: "The collective.", completion: .list(CollectiveQuestion.kinds.map(\.rawValue))) var kind: String
  @Argument(help: "Bytes, such as 64KiB, 1MiB or 1GiB.") var sizes: [String]

  @OptionGroup var machines: CollectiveOptions

  @Option(
    help: ArgumentHelp(
      "Of the schedules that are played message by message, the only one: ring, recursive, tree, hierarchical, pairwise or "
        + "in-switch; by default all that fit.", valueName: "schedule"))
  var algorithm: String?

  @Flag(help: "Print JSON, as docs/estimate-json.md describes it; figures are in seconds and bytes.") var json = false

  func validate() throws { _ = try request() }

  func run() throws {
    let request = try request()
    try simulating {
      let answer = try CollectiveAnswer(CollectiveQuestion(request, machines))
      try StandardOutput.print(json ? jsonText(CollectiveRecord(answer)) : CollectiveReport(answer).text)
    }
  }

  private func request() throws -> CollectiveQuestion.Request {
    let kind = try named(kind, "KIND", CollectiveQuestion.kinds)
    return CollectiveQuestion.Request(kind: kind, sizes: try sizes.map(size), schedule: try schedule(of: kind))
  }

  private static let most = ByteCount(1 << 40)

  private func size(_ text: String) throws -> ByteCount {
    let size: ByteCount
    do { size = try ByteCount(parsing: text) } catch { throw ValidationError("SIZE \(error)") }
    guard size > .zero, size <= Self.most else {
      throw ValidationError("SIZE '\(text)' is not between 1 B and \(Self.most); write it like 64KiB, 1MiB or 1GiB.")
    }
    return size
  }

  private func schedule(of kind: CollectiveRequest.Kind) throws -> MessageSchedule? {
    guard let algorithm else { return nil }
    let schedule = try named(algorithm, "--algorithm", MessageSchedule.allCases)
    let known = MessageSchedule.all(of: kind)
    guard known.contains(schedule) else {
      throw ValidationError(
        "--algorithm \(schedule.rawValue) is no schedule of \(kind.rawValue); choose one of "
          + "\(known.map(\.rawValue).joined(separator: ", ")), or leave --algorithm out.")
    }
    return schedule
  }
}
