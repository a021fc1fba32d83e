package import Cluster
import Collectives
package import Execution
import Mesh
import Program
package import Quantities
import Timing
import Training

/// Bytes that ranks send in a step: by axis and collective, to the byte; by kind of link, as the network's algorithms spread them.
package struct StepTraffic: Hashable, Sendable {
  package struct Line: Hashable, Sendable {
    package var route: Ledger.Route
    package var calls: Int
    /// Sums over all ranks: values to move, before any algorithm, and bytes sent.
    package var payload, sent: ByteCount
  }

  /// Most bytes first.
  package let lines: [Line]
  /// Of the rank that sends the most.
  package let mostSent: ByteCount
  /// Over all ranks: payload that leaves a GPU over each kind of link.
  package let byLink: [Link.Kind: ByteCount]

  init(_ scenario: Scenario, _ programs: [RankProgram], _ network: CommunicationModel) throws {
    let ranks = scenario.mesh.count / programs.count
    var sums: [Ledger.Route: Line] = [:]
    var links: [Link.Kind: ByteCount] = [:]
    for program in programs {
      for (route, line) in program.ledger.communication {
        sums[route, default: Line(route: route, calls: 0, payload: .zero, sent: .zero)].calls += line.calls * ranks
        sums[route]!.payload += line.payload * ranks
        sums[route]!.sent += line.sent * ranks
      }
      try LinkLoads(scenario, program, network).add(to: &links, times: ranks)
    }
    lines = sums.values.sorted {
      ($1.sent, $0.route.scope.rawValue, $0.route.kind.name) < ($0.sent, $1.route.scope.rawValue, $1.route.kind.name)
    }
    mostSent = programs.map(\.ledger.sentBytes).max() ?? .zero
    byLink = links
  }

  package var sent: ByteCount { lines.reduce(.zero) { $0 + $1.sent } }
}

/// Collectives that put the same on the links.
private struct Call: Hashable {
  var kind: CollectiveKind
  var scope: Scope
  var bytes: ByteCount

  init(_ transfer: Transfer) {
    (kind, scope) = (transfer.kind, transfer.scope)
    bytes = ByteCount(transfer.count, of: transfer.type)
  }

  func group(of program: RankProgram) -> [Int] {
    scope == .ends ? program.layout.ends : program.layout.mesh.group(of: program.rank, in: scope)
  }
}

/// What one rank puts on every kind of link.
private struct LinkLoads {
  private let scenario: Scenario
  private let program: RankProgram
  private let network: CommunicationModel

  init(_ scenario: Scenario, _ program: RankProgram, _ network: CommunicationModel) {
    (self.scenario, self.program, self.network) = (scenario, program, network)
  }

  func add(to links: inout [Link.Kind: ByteCount], times ranks: Int) throws {
    var calls: [Call: Int] = [:]
    for (segment, count) in zip(program.trace.segments, program.trace.counts) {
      for case .transfer(let transfer, _) in segment.nodes { calls[Call(transfer), default: 0] += count }
    }
    for (call, count) in calls {
      let group = CommunicationModel.Group(ranks: call.group(of: program), on: scenario.cluster)
      for (kind, load) in try network.loads(of: call.kind, call.bytes, among: group) {
        links[kind, default: .zero] += load * (count * ranks)
      }
    }
    for case .post(let message, _) in program.trace.items where message.direction == .send {
      let kind = network.linkKind(from: program.rank, to: message.peer)
      links[kind, default: .zero] += message.bytes * ranks
    }
  }
}
