import Quantities

extension Link {
  private static let keys = [
    "name", "aliases", "kind", "count", "bandwidth", "achieved", "latency", "overhead", "source", "notes",
  ]

  /// Reads a file of links: `links:`, a list of entries whose quantities carry their units.
  ///
  /// - Errors: all of them, each with file, line, link, key, value and reason.
  package static func read(yaml: String, file: String) throws(ClusterErrors) -> [Link] {
    let log = MistakeLog(file: file)
    let links = ClusterFields(yaml: yaml, log: log).map { root in
      root.refuseUnknown(["links"])
      return root.list("links", like: "[{name: NVLink 4, …}]").compactMap { $0.flatMap(Link.init) }
    }
    return try log.finish(links)
  }

  private init?(_ fields: ClusterFields) {
    fields.refuseUnknown(Self.keys)
    let name = fields.text("name", like: "NVLink 4")
    let kind: Kind? = fields.choice("kind", like: "nvlink")
    let count = fields.has("count") ? fields.optionalInteger("count") : 1
    let bandwidth = fields.quantity("bandwidth", like: "450 GB/s", Bandwidth.init(parsing:))
    let achieved = fields.quantity("achieved", like: "371 GB/s", Bandwidth.init(parsing:))
    let latency = fields.value("latency", like: "0.5 us", Latency.init(parsing:))
    let overhead = fields.value("overhead", like: "1 us", Latency.init(parsing:))
    let source = fields.text("source", like: "data sheet, 2026")
    guard let name, let kind, let count, let bandwidth, let achieved, let latency, let overhead, let source else {
      return nil
    }
    if achieved > bandwidth {
      fields.refuse("achieved", value: "\(achieved)", Complaint("is more than the bandwidth, \(bandwidth)"))
    }
    self.init(
      name: name, aliases: fields.texts("aliases"), kind: kind, count: count, bandwidth: bandwidth,
      achieved: achieved, latency: latency, overhead: overhead, source: source,
      notes: fields.optionalText("notes") ?? "")
  }
}
