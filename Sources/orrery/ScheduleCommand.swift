import ArgumentParser
import Foundation
import PipelineSchedules

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Draw a pipeline schedule, and measure its bubble and its memory.",
    discussion: """
      The schedules are \(ScheduleName.allCases.map(\.rawValue).joined(separator: ", ")); names such as 1F1B, vpp, zbh1 \
      and zbv are understood. docs/schedules.md describes them.

      orrery schedule 1f1b --stages 4 --micro-batches 8
      orrery schedule zbv --stages 4 --micro-batches 8 --svg zbv.svg
      orrery schedule --from mine.csv
      """)

  @Argument(help: "The schedule.", completion: .list(ScheduleName.allCases.map(\.rawValue)))
  var name: String?

  @Option(help: "Ranks of the pipeline; every rank holds one stage per chunk.") var stages: Int?
  @Option(help: "Micro-batches of a step.") var microBatches: Int?
  @Option(help: "Stages per rank; by default the schedule's own number, 1 or 2.") var chunks: Int?

  @Option(help: "Micro-batches that pass one chunk before the next chunk's turn; by default as many as ranks.")
  var groupSize: Int?

  @Option(
    help: ArgumentHelp(
      "Times of a forward, an input gradient and a weight gradient of a full stage, and of a message.",
      valueName: "F,I,W[,comm]"))
  var times = "1,1,1,0"

  @Option(
    help: ArgumentHelp("Read the order from this file instead, in the notation of --csv.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Write the order to this file, one row per rank, or to the screen alone with -.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp("Draw the order into this file.", valueName: "file"), completion: .file(extensions: ["svg"]))
  var svg: String?

  /// About 10 MB, which browsers still show.
  private static let mostDrawnCells = 60_000

  func validate() throws {
    _ = try ScheduleTimes(option: times)
    if from != nil { try refuseNumbers() } else { _ = try make() }
  }

  func run() throws {
    let report = try from.map(report(reading:)) ?? report(making: make())
    try write(report)
    if csv == "-" { try StandardOutput.write(report.schedule.csv) } else { try StandardOutput.print(report.text) }
  }

  private func write(_ report: ScheduleReport) throws {
    let cells = report.schedule.cells.map(\.count).reduce(0, +)
    guard svg == nil || cells <= Self.mostDrawnCells else {
      throw ValidationError(
        "--svg: \(cells) cells do not fit into a picture of at most \(Self.mostDrawnCells); "
          + "use fewer stages or micro-batches, or --csv")
    }
    if let csv, csv != "-" { try ScheduleFile(csv).write(report.schedule.csv) }
    if let svg { try ScheduleFile(svg).write(report.svg) }
  }
}

extension ScheduleCommand {
  private func make() throws -> (name: ScheduleName, schedule: PipelineSchedule) {
    guard let name else {
      throw ValidationError("Name a schedule, such as 1f1b, or a file with --from.")
    }
    guard let stages, let microBatches else {
      throw ValidationError("A schedule needs --stages and --micro-batches, such as --stages 4 --micro-batches 8.")
    }
    do {
      let known = try ScheduleName(parsing: name)
      try checkSize(stages, microBatches, chunks ?? known.defaultChunks)
      let schedule = try PipelineSchedule.make(
        known, ranks: stages, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
      return (known, schedule)
    } catch let error as ScheduleError {
      throw ValidationError(optionText(error))
    }
  }

  /// The error in the words of the command line.
  private func optionText(_ error: ScheduleError) -> String {
    let options = [
      "ranks": "--stages", "micro-batches": "--micro-batches", "chunks": "--chunks", "group size": "--group-size",
    ]
    var error = error
    error.key = options[error.key] ?? error.key
    return error.description
  }

  /// A drawing of millions of actions is of no use, and a mistyped number should not fill the memory.
  private func checkSize(_ stages: Int, _ microBatches: Int, _ chunks: Int) throws {
    let most = 1_000_000
    let product = Double(max(1, stages)) * Double(max(1, microBatches)) * Double(max(1, chunks))
    guard product > Double(most) else { return }
    throw ValidationError(
      "--stages \(stages), --micro-batches \(microBatches), --chunks \(chunks): "
        + "more than \(most) forwards are too many to draw; use smaller numbers")
  }

  private func refuseNumbers() throws {
    let given = [
      ("NAME", name != nil), ("--stages", stages != nil), ("--micro-batches", microBatches != nil),
      ("--chunks", chunks != nil), ("--group-size", groupSize != nil),
    ].filter(\.1).map(\.0)
    guard given.isEmpty else {
      throw ValidationError("--from takes all of it from the file: leave out \(given.joined(separator: ", ")).")
    }
  }

  private func report(making made: (name: ScheduleName, schedule: PipelineSchedule)) throws -> ScheduleReport {
    ScheduleReport(made.schedule, title: made.schedule.name, made.name, groupSize, try ScheduleTimes(option: times))
  }

  private func report(reading path: String) throws -> ScheduleReport {
    let schedule: PipelineSchedule
    do {
      schedule = try PipelineSchedule(csv: try ScheduleFile(path).read(), name: path)
    } catch let error as ScheduleError {
      throw Failure(code: .data, text: error.description).error
    }
    let violations = schedule.violations()
    guard violations.isEmpty else {
      let shown = violations.prefix(10).map { "\n  \($0)" }.joined()
      let rest = violations.count > 10 ? "\n  and \(violations.count - 10) more" : ""
      throw Failure(code: .data, text: "\(path): this order cannot be executed:\(shown)\(rest)").error
    }
    let known = ScheduleName.allCases.first { name in
      let made = try? PipelineSchedule.make(
        name, ranks: schedule.ranks, microBatches: schedule.microBatches,
        chunks: name.takesChunks ? schedule.chunks : nil)
      return made?.cells == schedule.cells
    }
    return ScheduleReport(schedule, title: path, known, nil, try ScheduleTimes(option: times))
  }
}

extension ScheduleTimes {
  /// Reads `F,I,W` or `F,I,W,comm`.
  init(option text: String) throws {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    let numbers = parts.compactMap { $0 }.filter { $0.isFinite && $0 >= 0 && $0 <= 1e12 }
    guard (3...4).contains(parts.count), numbers.count == parts.count, numbers[..<3].contains(where: { $0 > 0 }) else {
      throw ValidationError(
        "--times '\(text)': these are not three or four times of 0 or more, one of the first three above 0; "
          + "write F,I,W or F,I,W,comm, such as 1,1.5,0.5 or 1,1,1,0.05")
    }
    self.init(
      forward: numbers[0], backwardInput: numbers[1], backwardWeight: numbers[2],
      hop: numbers.count > 3 ? numbers[3] : 0)
  }
}
