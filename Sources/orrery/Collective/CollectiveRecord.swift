import Cluster
import NetworkModel
import Quantities
import Timing

/// What `orrery collective --json` prints; `docs/estimate-json.md` describes every key.
struct CollectiveRecord: Encodable {
  static let version = 1

  struct Machines: Encodable {
    var name, gpu: String
    var nodes, gpusPerNode: Int
  }
  struct Groups: Encodable {
    var gpus, count, size, stride: Int
  }
  struct Size: Encodable {
    var bytes: Int
    var closedForm: ClosedForm
    var messages: [Played]
  }
  struct ClosedForm: Encodable {
    var seconds, algorithmBytesPerSecond, busBytesPerSecond: Double
    var algorithm, `protocol`: String
  }
  struct Played: Encodable {
    var schedule: String
    var seconds, algorithmBytesPerSecond, busBytesPerSecond: Double
    var sharesLinks: Bool
    var busiestLink: BusiestLink
  }
  struct BusiestLink: Encodable {
    var name: String
    var bytes, alike: Int
  }

  let version: Int
  let kind: String
  let cluster: Machines
  let groups: Groups
  let sizes: [Size]
  let notes, substitutions: [String]
  let errorBand: String

  init(_ answer: CollectiveAnswer) {
    let (cluster, groups) = (answer.question.cluster, answer.question.groups)
    (version, kind) = (Self.version, answer.question.kind.rawValue)
    self.cluster = Machines(
      name: cluster.name, gpu: cluster.gpu.name, nodes: cluster.nodes, gpusPerNode: cluster.gpusPerNode)
    self.groups = Groups(gpus: groups.gpus, count: groups.count, size: groups.size, stride: groups.stride)
    sizes = answer.rows.map { Size($0, answer) }
    (notes, substitutions, errorBand) = (answer.notes, answer.substitutions, ErrorBand.text)
  }
}

extension CollectiveRecord.Size {
  fileprivate init(_ row: CollectiveAnswer.Row, _ answer: CollectiveAnswer) {
    let (closed, time) = (row.closedForm, row.closedForm.time)
    self.init(
      bytes: row.bytes.value,
      closedForm: .init(
        seconds: time.seconds, algorithmBytesPerSecond: time.algorithmBandwidth.bytesPerSecond,
        busBytesPerSecond: time.busBandwidth.bytesPerSecond, algorithm: closed.algorithm.rawValue,
        protocol: closed.wireProtocol.rawValue),
      messages: row.played.map { played in
        .init(
          schedule: played.schedule.rawValue, seconds: played.time.seconds,
          algorithmBytesPerSecond: played.time.algorithmBandwidth.bytesPerSecond,
          busBytesPerSecond: played.time.busBandwidth.bytesPerSecond, sharesLinks: played.sharesLinks,
          busiestLink: .init(
            name: answer.topology.name(ofLink: played.busiest.link), bytes: played.busiest.bytes.value,
            alike: played.busiest.alike))
      })
  }
}
