import Cluster
import NetworkModel
import Quantities
import Timing

/// What `orrery collective` was asked: a collective, and the groups that carry it out at the same time.
struct CollectiveQuestion {
  /// What does not depend on machines.
  struct Request {
    var kind: CollectiveRequest.Kind
    var sizes: [ByteCount]
    /// The only one to play message by message, if given.
    var schedule: MessageSchedule?
  }

  /// All but the one that has no group.
  static let kinds = CollectiveRequest.Kind.allCases.filter { $0 != .sendReceive }

  let kind: CollectiveRequest.Kind
  let sizes: [ByteCount]
  let cluster: ClusterDescription
  let groups: GroupsSideBySide
  let schedules: [MessageSchedule]
  /// Those that fit, but send more messages than are simulated.
  let leftOut: [MessageSchedule]

  /// - Errors: a cluster that cannot be read, groups that do not fit it, a schedule that the groups have no links for.
  init(_ request: Request, _ machines: CollectiveOptions) throws {
    (kind, sizes) = (request.kind, request.sizes)
    cluster = try machines.description()
    groups = try machines.groups(of: cluster)
    (schedules, leftOut) = try Self.schedules(request, cluster, groups)
  }

  private static func schedules(
    _ request: Request, _ cluster: ClusterDescription, _ groups: GroupsSideBySide
  ) throws -> (played: [MessageSchedule], leftOut: [MessageSchedule]) {
    let ranks = groups.ranks
    let fitting = MessageSchedule.all(of: request.kind).filter { schedule in
      ranks.allSatisfy { schedule.fits($0, of: cluster) }
    }
    let wanted = request.schedule.map { [$0] } ?? fitting
    if let stranger = wanted.first(where: { !fitting.contains($0) }) {
      let choices = fitting.map(\.rawValue).joined(separator: ", ")
      throw refusal("--algorithm \(stranger.rawValue): \(misfit(stranger, cluster)); choose one of \(choices)")
    }
    let leftOut = mostMessages < groups.mostMessages ? wanted.filter { $0.joinsAll(request.kind) } : []
    guard leftOut.count < wanted.count else {
      throw refusal(
        "--group-size \(groups.size): \(grouped(groups.gpus)) GPUs send \(grouped(groups.mostMessages)) messages "
          + "(\(wanted[0].rawValue)), and \(grouped(mostMessages)) at most are simulated; choose smaller groups, or fewer --gpus"
      )
    }
    return (wanted.filter { !leftOut.contains($0) }, leftOut)
  }

  /// Simulated in seconds.
  private static let mostMessages = 1 << 18

  /// What was not played, and why.
  var notes: [String] {
    leftOut.map { schedule in
      "\(schedule.rawValue) is left out: \(grouped(groups.mostMessages)) messages, and \(grouped(Self.mostMessages)) at most "
        + "are simulated"
    }
  }

  private static func refusal(_ text: String) -> Failure.Wrapped { Failure(code: .usage, text: text).error }

  private static func misfit(_ schedule: MessageSchedule, _ cluster: ClusterDescription) -> String {
    let domain = cluster.gpusPerNode * cluster.nodeFabric.nodesPerDomain
    guard schedule == .inSwitch else {
      return "it takes groups that have as many GPUs, two at least, side by side on each of several "
        + (cluster.nodeFabric.nodesPerDomain > 1 ? "NVLink domains of \(domain) GPUs" : "nodes of \(domain)")
    }
    guard cluster.nodeFabric.reducesInSwitch else { return "\(cluster.name) has no switches that sum" }
    return "a switch sums for the \(domain) GPUs of one NVLink domain, and groups reach beyond it"
  }
}

extension GroupsSideBySide {
  /// Of schedules that send as many messages as there are pairs of ranks in a group.
  fileprivate var mostMessages: Int { gpus * (size - 1) }
}

extension MessageSchedule {
  /// Whether it sends a message for each two ranks: pieces of a chain pass all of them.
  fileprivate func joinsAll(_ kind: CollectiveRequest.Kind) -> Bool {
    self == .pairwise || self == .ring && kind == .broadcast
  }
}
