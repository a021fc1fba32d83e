import Quantities

extension ClusterDescription {
  private static let mostGPUs = 1 << 24

  /// The same machine with room for so many GPUs: whole nodes, and no fewer than one.
  ///
  /// A torus gets the most even dimensions, as many as it had.
  ///
  /// - Errors: `--gpus`, with the nearest counts, if the GPUs of several nodes would not all be used; with what is missing if the
  ///   network cannot join so many.
  package func resized(gpus wanted: Int) throws(ClusterError) -> ClusterDescription {
    try refuseCount(wanted)
    guard wanted <= gpusPerNode || wanted % gpusPerNode == 0 else {
      let below = wanted / gpusPerNode * gpusPerNode
      let hint = "use \(below) or \(below + gpusPerNode)"
      throw refusal(wanted, "does not fill nodes of \(gpusPerNode) GPUs", hint)
    }
    return try withRoom(for: wanted)
  }

  /// The same machine with as many whole nodes as so many GPUs need, the last one filled or not.
  ///
  /// - Errors: as `resized`, but for nodes that are not filled.
  package func holding(gpus needed: Int) throws(ClusterError) -> ClusterDescription {
    try refuseCount(needed)
    return try withRoom(for: needed)
  }

  private func refuseCount(_ wanted: Int) throws(ClusterError) {
    guard wanted >= 1 else { throw refusal(wanted, "is not a number of GPUs", "use 1 or more") }
    guard wanted <= Self.mostGPUs else {
      throw refusal(wanted, "is more than \(Self.mostGPUs), the most that is modelled", "use fewer")
    }
  }

  private func withRoom(for wanted: Int) throws(ClusterError) -> ClusterDescription {
    var result = self
    result.nodes = (wanted - 1) / gpusPerNode + 1
    if case .torus(let dimensions, let links) = network?.fabric {
      let even = evenDimensions(of: result.nodes, like: dimensions)
      result.network?.fabric = .torus(even, linksPerDirection: links)
    }
    if let complaint = result.networkComplaint { throw refusal(wanted, complaint.reason, complaint.hint) }
    return result
  }

  private func refusal(_ wanted: Int, _ reason: String, _ hint: String?) -> ClusterError {
    ClusterError(file: name, key: "--gpus", value: String(wanted), reason: reason, hint: hint)
  }

  /// Why the network cannot join all nodes; nil if it can.
  var networkComplaint: Complaint? {
    guard let network else {
      guard nodes > nodeFabric.nodesPerDomain else { return nil }
      return Complaint("needs a network between \(nodes) nodes", hint: "describe it under 'network'")
    }
    switch network.fabric {
    case .torus(let dimensions, _):
      let product = dimensions.reduce(1, *)
      guard product != nodes else { return nil }
      return Complaint("gives \(nodes) nodes, but the torus has \(product)", hint: "make nodes their product")
    case .dragonfly(let dragonfly):
      let most = dragonfly.mostGroups * dragonfly.nodesPerGroup
      guard nodes > most else { return nil }
      return Complaint("gives \(nodes) nodes to a dragonfly of at most \(most)", hint: "add global links or routers")
    case .railOptimised, .fatTree: return nil
    }
  }
}

/// Factors of a number, as even as they come, the larger first.
///
/// - Returns: `old` itself if that is its product.
private func evenDimensions(of number: Int, like old: [Int]) -> [Int] {
  guard old.reduce(1, *) != number else { return old }
  var (rest, result) = (number, [Int]())
  for left in stride(from: old.count, to: 0, by: -1) {
    let factor = (1...rest).first { rest % $0 == 0 && power($0, left) >= Double(rest) } ?? rest
    result.append(factor)
    rest /= factor
  }
  return result
}

private func power(_ base: Int, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1.0) { product, _ in product * Double(base) }
}
