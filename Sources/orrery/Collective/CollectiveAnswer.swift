import Cluster
import NetworkModel
import Quantities
import Timing

/// What a collective takes on a cluster, size by size, in closed form and message by message.
struct CollectiveAnswer {
  /// A time, with bandwidths as nccl-tests defines them.
  struct Time {
    var seconds: Double
    /// Bytes of the request over time.
    var algorithmBandwidth: Bandwidth
    /// That times what a ring's link carries for a byte of the request: comparable with links, whatever the number of ranks.
    var busBandwidth: Bandwidth

    fileprivate init(_ seconds: Double, _ request: CollectiveRequest) {
      self.seconds = seconds
      algorithmBandwidth = Bandwidth(Double(request.bytes.value) / seconds)
      busBandwidth = Bandwidth(algorithmBandwidth.bytesPerSecond * request.busFactor)
    }
  }

  struct ClosedForm {
    var time: Time
    var algorithm: CollectiveTime.Algorithm
    var wireProtocol: CollectiveTime.WireProtocol
  }

  struct Played {
    var schedule: MessageSchedule
    var time: Time
    /// Whether messages were in each other's way on some link.
    var sharesLinks: Bool
    var busiest: CollectiveSimulation.LinkLoad
  }

  struct Row {
    var bytes: ByteCount
    var closedForm: ClosedForm
    var played: [Played]
  }

  let question: CollectiveQuestion
  let topology: Topology
  let rows: [Row]
  /// Links whose constants in the closed form are another's.
  let substitutions: [String]

  /// - Errors: `NetworkError` for links that are not modelled.
  init(_ question: CollectiveQuestion) throws {
    let topology = Topology(question.cluster)
    let model = try CommunicationModel(question.cluster, .builtIn())
    (self.question, self.topology, substitutions) = (question, topology, model.substitutions)
    let simulation = CollectiveSimulation(topology)
    rows = try question.sizes.map { bytes in
      let request = CollectiveRequest(question.kind, bytes, ranksPerNode: question.groups.size)
      let closed = try model.longest(question.kind, bytes, among: question.groups.ranks)!
      return Row(
        bytes: bytes,
        closedForm: ClosedForm(
          time: Time(closed.seconds, request), algorithm: closed.algorithm, wireProtocol: closed.wireProtocol),
        played: try question.schedules.map { try Self.play($0, request, question, simulation) })
    }
  }

  private static func play(
    _ schedule: MessageSchedule, _ request: CollectiveRequest, _ question: CollectiveQuestion,
    _ simulation: CollectiveSimulation
  ) throws -> Played {
    let groups = question.groups.ranks.map { gpus in
      CollectiveSimulation.Group(
        schedule.pattern(of: request.kind, request.bytes, on: gpus, of: question.cluster), on: gpus)
    }
    let result = try simulation.run(groups)
    return Played(
      schedule: schedule, time: Time(result.makespan.seconds, request), sharesLinks: result.isShared,
      busiest: simulation.busiest(result)!)
  }

  /// What differs from what the reader may take for granted.
  var notes: [String] {
    let (used, all) = (question.groups.gpus, question.cluster.gpus)
    guard used < all else { return question.notes }
    return question.notes + [
      "message by message, the \(all - used) other GPUs of the node are idle; in closed form they do the same in groups of "
        + "their own"
    ]
  }
}
