package import Cluster
package import NetworkModel
import Quantities

/// One measured collective: a row of a table with the columns of collectives.csv.
package struct CollectiveMeasurement: Sendable {
  package var id, group, gpuName, operation: String
  package var request: CollectiveRequest
  package var interconnect: Interconnect
  /// What the source says was used, where it leaves no choice.
  package var algorithm: CollectiveTime.Algorithm?
  package var seconds: Double
  /// `A`, `A-`, `B` …: how much of the configuration the source states.
  package var quality: String

  package static let columns = ["gpu", "n_gpus", "op", "size_bytes", "time_us", "intra_link"]

  /// A row that no model describes.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var id, gpuName, operation, reason: String
    package var description: String { "\(id): \(reason)" }
  }

  package init(_ row: CSVTable.Row, _ catalogue: GPUCatalogue) throws(Refusal) {
    (id, group, operation, quality) = (row.name, row["group"], row["op"], row["quality"])
    gpuName = row["gpu_class"].isEmpty ? row["gpu"] : row["gpu_class"]
    do {
      request = try CollectiveRequest(row)
      seconds = try row.time("time_us", unit: 1e-6)
      try row.refuseUnmodelled(request)
      let gpu = try row.gpu(catalogue)
      gpuName = row.title(of: gpu, catalogue)
      interconnect = try Interconnect(row, gpu)
    } catch { throw Refusal(id: id, gpuName: gpuName, operation: operation, reason: error.description) }
    algorithm = row["algo"].lowercased().hasPrefix("ring") ? .ring : nil
  }

  /// Rows that belong together: GPU, link, nodes × ranks of a node.
  package var machine: String {
    let network = interconnect.network.map { ", \($0.family.rawValue)" } ?? ""
    let bridge = interconnect.bridge == nil ? "" : " with bridges"
    return
      "\(gpuName) \(interconnect.link.family.rawValue)\(bridge)\(network), \(request.nodes) × \(request.ranksPerNode)"
  }

  /// From 16 MiB up, bandwidth decides.
  package var isLarge: Bool { request.bytes.value >= 16 << 20 }

  /// Whether the row belongs to the first half of a cross-validation: by its name alone, so that the halves never change.
  package var isInFirstHalf: Bool { (stableHash(id) >> 40) & 1 == 0 }
}

extension CollectiveRequest {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let ranks = try row.count("n_gpus", most: 1 << 20)
    let nodes = try row.count("n_nodes", default: 1, most: 1 << 20)
    let perNode = try row.count("gpus_per_node", default: max(1, ranks / nodes), most: 1 << 20)
    guard ranks > 1 else { throw MeasurementError("n_gpus 1: one rank talks to none") }
    guard perNode * nodes == ranks else {
      throw MeasurementError("n_gpus \(ranks) is not n_nodes \(nodes) × gpus_per_node \(perNode)")
    }
    let bytes = try row.count("size_bytes", most: 1 << 50)
    self.init(try Kind(operation: row["op"]), ByteCount(bytes), ranksPerNode: perNode, nodes: nodes)
  }
}

extension CollectiveRequest.Kind {
  fileprivate init(operation: String) throws(MeasurementError) {
    switch operation.lowercased() {
    case "all_reduce", "allreduce": self = .allReduce
    case "all_gather", "allgather": self = .allGather
    case "reduce_scatter", "reducescatter": self = .reduceScatter
    case "alltoall", "all_to_all": self = .allToAll
    case "broadcast": self = .broadcast
    case "sendrecv", "send_recv": self = .sendReceive
    default: throw MeasurementError("op '\(operation)' is no collective that is modelled")
    }
  }
}

extension CSVTable.Row {
  /// Nil for a GPU that is in no catalogue and in no known class: links that the row states do without one.
  ///
  /// - Errors: a GPU that its class takes for another.
  fileprivate func gpu(_ catalogue: GPUCatalogue) throws(MeasurementError) -> GPU? {
    do { return try catalogue.gpu(named: self["gpu"], inClass: self["gpu_class"]) } catch {
      if (try? catalogue.gpu(named: self["gpu_class"])) == nil { return nil }
      throw MeasurementError(error.description)
    }
  }

  /// The class, under which sources that spell a GPU in ways of their own come together, unless it is another GPU's.
  fileprivate func title(of gpu: GPU?, _ catalogue: GPUCatalogue) -> String {
    let (name, gpuClass) = (self["gpu"], self["gpu_class"])
    if gpuClass.isEmpty { return name }
    guard let gpu, let usual = try? catalogue.gpu(named: gpuClass) else { return gpuClass }
    return gpu.model == usual.model ? gpuClass : name
  }

  /// - Errors: what would be judged by something else than the model.
  fileprivate func refuseUnmodelled(_ request: CollectiveRequest) throws(MeasurementError) {
    if self["quality"].hasPrefix("C") { throw MeasurementError("quality C: the configuration is in doubt") }
    let library = self["library"].lowercased()
    guard library.isEmpty || library.contains("nccl") else {
      throw MeasurementError("library '\(self["library"])': only NCCL's choices are modelled")
    }
    if library.contains("torch"), request.kind != .sendReceive, request.bytes.value < 4 << 20 {
      throw MeasurementError("timed from PyTorch's host below 4 MiB: its launches (10-60 us) are in the time")
    }
  }
}
