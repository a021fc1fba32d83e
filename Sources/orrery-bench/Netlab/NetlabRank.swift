import ArgumentParser
import Foundation
import Kernels
import Program
import Transport

/// One rank of a lab's world; `orrery-bench netlab` starts it under mpirun, on the lab's hosts.
struct NetlabRank: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "netlab-rank", shouldDisplay: false)

  @Option(help: "The lab as JSON.") var lab: String
  @Option var minimum: Int
  @Option var maximum: Int
  @Option var seconds: Double
  @Option var trainingSteps: Int

  func run() throws {
    let transport = try MPITransport(deadline: 60)
    let lab = try JSONDecoder().decode(Lab.self, from: Data(lab.utf8))
    guard transport.size == lab.ranks else { throw BenchError("\(transport.size) ranks, not \(lab.ranks)") }
    let bytes = Array(sequence(first: minimum, next: { $0 * 4 }).prefix { $0 <= maximum })
    let bench = LabRankBench(lab: lab, transport: transport, arena: try Arena(), largest: max(maximum, 1 << 20))
    try report(LabRow(costs: try bench.costs()), transport)
    for size in bytes {
      for sample in try bench.measure(bytes: size, seconds: seconds) { try report(LabRow(sample: sample), transport) }
    }
    if trainingSteps > 0 {
      let training = try LabTrainingRun(transport, steps: trainingSteps).measure()
      try report(LabRow(training: training), transport)
    }
    try transport.finish()
  }

  private func report(_ row: LabRow, _ transport: MPITransport) throws {
    guard transport.rank == 0 else { return }
    print(String(decoding: try JSONEncoder().encode(row), as: UTF8.self))
  }
}
