import ArgumentParser
import Foundation
import Program

/// Bus bandwidth of our all-reduces beside MPI_Allreduce, a textbook ring and plain copying, in one run.
struct CollectivesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collectives",
    abstract: "All-reduces beside MPI_Allreduce and a textbook ring: bus bandwidth by size.")

  @Option(parsing: .upToNextOption, help: "Rank counts.") var ranks = [2, 4, 8]
  @Option(help: "Smallest buffer, bytes.") var minimum = 1 << 16
  @Option(help: "Largest buffer, bytes.") var maximum = 256 << 20
  @Option(help: "Seconds for each contestant and size.") var seconds = 1.0
  @Option(help: "Write all measurements to a JSON file.") var json: String?

  func run() throws {
    var all: [CollectiveMeasurement] = []
    for count in ranks {
      let rows = try jsonLines(
        mpirun(
          ranks: count,
          ["collectives-rank", "--minimum", "\(minimum)", "--maximum", "\(maximum)", "--seconds", "\(seconds)"]),
        as: CollectiveMeasurement.self)
      print("\(count) ranks: bus bandwidth in GB/s (median), and the ring's ratio to its peers")
      print("       bytes    copy     mpi  textbook    ring  recursive    tree   ring/mpi  ring/textbook  ring/copy")
      for (_, size) in Dictionary(grouping: rows, by: \.bytes).sorted(by: { $0.key < $1.key }) { print(line(size)) }
      all += rows
    }
    try write(all, to: json)
  }

  private func line(_ rows: [CollectiveMeasurement]) -> String {
    let rate = Dictionary(uniqueKeysWithValues: rows.map { ($0.algorithm, $0.busBandwidth) })
    let (mpi, textbook, copy) = (rate["mpi"]!, rate["textbook ring"]!, rate["copy"]!)
    let ring = rate["orrery ring"]!
    return String(
      format: "%12d %7.2f %7.2f %9.2f %7.2f %10.2f %7.2f %10.2f %14.2f %10.2f", rows[0].bytes, copy, mpi, textbook,
      ring, rate["orrery recursive"]!, rate["orrery tree"]!, ring / mpi, ring / textbook, ring / copy)
  }
}
