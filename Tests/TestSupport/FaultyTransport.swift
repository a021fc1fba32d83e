package import Kernels
package import Transport

/// Sends one byte more than it was asked to, once, ahead of the first message to each peer; the other end takes it away again, so
/// that values are right and only the count is not.
package final class FaultyTransport: Transport {
  private let base: ThreadTransport
  private let memory: Arena
  private var greeted: Set<Int> = []
  private var greetedBy: Set<Int> = []
  private var strays: [MessageHandle: MessageHandle] = [:]

  package init(_ base: ThreadTransport) throws { (self.base, memory) = (base, try Arena(capacity: 1 << 16)) }

  package var rank: Int { base.rank }
  package var size: Int { base.size }
  package var counters: TransportCounters { base.counters }

  package func send(_ region: Region, to peer: Int, tag: MessageTag) throws -> MessageHandle {
    if greeted.insert(peer).inserted { _ = try base.send(memory.allocate(1), to: peer, tag: tag) }
    return try base.send(region, to: peer, tag: tag)
  }

  package func receive(into region: Region, from peer: Int, tag: MessageTag) throws -> MessageHandle {
    let stray = greetedBy.insert(peer).inserted ? try base.receive(into: memory.allocate(1), from: peer, tag: tag) : nil
    let handle = try base.receive(into: region, from: peer, tag: tag)
    strays[handle] = stray
    return handle
  }

  package func wait(_ handle: MessageHandle) throws {
    if let stray = strays.removeValue(forKey: handle) { try base.wait(stray) }
    try base.wait(handle)
  }

  package func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws {
    try base.libraryAllReduce(region, count: count, double: double, group: group)
  }
  package func progress() throws { try base.progress() }
  package func began(_ activity: Activity) { base.began(activity) }
  package func finished() { base.finished() }
  package func noted(_ activity: Activity) { base.noted(activity) }
  package func barrier() throws { try base.barrier() }
  package func keepAlive(_ owner: AnyObject) { base.keepAlive(owner) }
}

extension Interference {
  // Reserving 64 KiB of address space does not fail where the device's memory has been reserved.
  package static let byteTooMany = Interference.transport { try! FaultyTransport($0) }
}
