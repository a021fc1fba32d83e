package import Quantities

extension MemoryAdvice {
  /// Changes that take something out of a node's host memory or give it more, the most first.
  ///
  /// - Parameter room: what the fullest GPU has free.
  package static func all(
    _ host: HostMemory, _ layout: LayoutChoices, room: ByteCount, missing: ByteCount
  ) -> [MemoryAdvice] {
    ranked([stay(host, room), share(host, layout), spread(host, layout), enlarge(host, missing)], missing: missing)
  }

  /// Without offload, where the GPUs have room for it.
  private static func stay(_ host: HostMemory, _ room: ByteCount) -> MemoryAdvice? {
    let each = host.most.bytes
    guard each + GPUOverhead.gaps(each).bytes <= room else { return nil }
    return MemoryAdvice("no offload: \(each) more on each GPU", host.used)
  }

  /// Replicas that each keep all of their state share it.
  private static func share(_ host: HostMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    guard layout.zeroStage == 0, layout.data > 1 else { return nil }
    return MemoryAdvice(
      "ZeRO stage 1: optimizer state over \(layout.data) ranks",
      host.used - ByteCount(host.used.value / layout.data), isAtMost: true)
  }

  /// Twice the ranks among which state is cut keep half of it each.
  private static func spread(_ host: HostMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    let half = host.used - ByteCount(host.used.value / 2)
    if layout.zeroStage > 0 {
      return MemoryAdvice(
        "optimizer state over \(2 * layout.data) ranks (more nodes, or a larger dp_shard)", half, isAtMost: true)
    }
    guard 2 * layout.pipeline <= layout.layers else { return nil }
    return MemoryAdvice("\(2 * layout.pipeline) pipeline stages", half, isAtMost: true)
  }

  private static func enlarge(_ host: HostMemory, _ missing: ByteCount) -> MemoryAdvice {
    MemoryAdvice("host.memory of \(missing) more in every node", missing)
  }
}
