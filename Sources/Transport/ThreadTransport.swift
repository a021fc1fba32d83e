import Foundation
package import Kernels

/// Ranks as threads of one process: the same messages, copied once from the sender's region to the receiver's.
package final class ThreadTransport: Transport {
  package let rank: Int
  package var size: Int { world.mailboxes.count }
  package private(set) var counters: TransportCounters
  private let world: World
  private var pending: [Pending?] = []
  private var vacant: [Int] = []

  private enum Pending {
    case sending(Parcel, to: Int)
    case receiving(Region, from: Int)
  }

  init(rank: Int, world: World) {
    (self.rank, self.world) = (rank, world)
    counters = TransportCounters(peers: world.mailboxes.count)
  }

  package func send(_ region: Region, to peer: Int) throws -> MessageHandle {
    counters.count(region.byteCount, to: peer)
    let parcel = Parcel(region: region, sender: rank)
    world.mailboxes[peer].put(parcel)
    return slot(.sending(parcel, to: peer))
  }

  package func receive(into region: Region, from peer: Int) throws -> MessageHandle {
    slot(.receiving(region, from: peer))
  }

  package func wait(_ handle: MessageHandle) throws {
    let message = pending[handle.slot]!
    pending[handle.slot] = nil
    vacant.append(handle.slot)
    switch message {
    case .sending(let parcel, let peer):
      try world.mailboxes[rank].wait(world, for: peer) { parcel.delivered ? () : nil }
    case .receiving(let region, let peer):
      let parcel = try world.mailboxes[rank].wait(world, for: peer) { world.mailboxes[rank].take(from: peer) }
      precondition(
        parcel.region.byteCount == region.byteCount,
        "rank \(peer) sent \(parcel.region.byteCount) bytes, rank \(rank) expects \(region.byteCount)")
      copy(from: parcel.region, to: region, byteCount: region.byteCount)
      world.mailboxes[peer].deliver(parcel)
    }
  }

  private func slot(_ message: Pending) -> MessageHandle {
    if let free = vacant.popLast() {
      pending[free] = message
      return MessageHandle(slot: free)
    }
    pending.append(message)
    return MessageHandle(slot: pending.count - 1)
  }

  package func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws {
    throw TransportError.library(call: "all_reduce: mpi", reason: "threads have no MPI; choose ring, recursive or tree")
  }

  package func barrier() throws { try world.meet(rank) }
  package func keepAlive(_ owner: AnyObject) { world.keepAlive(owner) }
}

extension ThreadTransport {
  /// Runs `body` as every rank of a world, each on a thread of its own, and returns their results in rank order.
  ///
  /// - Errors: the first rank's error that is no echo of another rank's; all other ranks are ended by it.
  package static func run<Result: Sendable>(
    ranks: Int, deadline: Double, _ body: @escaping @Sendable (ThreadTransport) throws -> Result
  ) throws -> [Result] {
    let world = World(ranks: ranks, deadline: deadline)
    let outcomes = Outcomes<Result>(count: ranks)
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        do { outcomes.set(rank, .success(try body(ThreadTransport(rank: rank, world: world)))) } catch {
          world.fail(rank, reason: "\(error)")
          outcomes.set(rank, .failure(error))
        }
      }
      thread.stackSize = 16 << 20
      return thread
    }
    for thread in threads { thread.start() }
    return try outcomes.wait().map { try $0.get() }
  }
}
