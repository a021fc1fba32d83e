import Foundation
package import Kernels

/// Ranks as threads of one process: the same messages, copied once from the sender's region to the receiver's. Receives that have
/// been posted are served in every wait, whatever it is for, so that no order of waits blocks.
package final class ThreadTransport: Transport {
  package let rank: Int
  package var size: Int { world.mailboxes.count }
  package private(set) var counters: TransportCounters
  private let world: World
  private let journal: Journal
  private lazy var diagnosis = Diagnosis(journal, link: self)
  private var pending: [Pending?] = []
  private var vacant: [Int] = []
  /// Slots of receives whose message has not come, in the order of their posts.
  private var open: [Int] = []

  private enum Pending {
    case sending(Parcel, to: Int)
    case receiving(Region, from: Int, MessageTag)
    case arrived
    case wrongSize(from: Int, expected: Int, received: Int)
  }

  private var mailbox: Mailbox { world.mailboxes[rank] }

  init(rank: Int, world: World) {
    (self.rank, self.world) = (rank, world)
    counters = TransportCounters(peers: world.mailboxes.count)
    journal = Journal(rank: rank, describe: world.describe)
  }

  package func send(_ region: Region, to peer: Int, tag: MessageTag) throws -> MessageHandle {
    counters.count(region.byteCount, to: peer)
    let parcel = Parcel(region: region, sender: rank, tag: tag)
    world.mailboxes[peer].put(parcel)
    return slot(.sending(parcel, to: peer))
  }

  package func receive(into region: Region, from peer: Int, tag: MessageTag) throws -> MessageHandle {
    let handle = slot(.receiving(region, from: peer, tag))
    open.append(handle.slot)
    return handle
  }

  package func wait(_ handle: MessageHandle) throws {
    let peer = peer(of: handle)
    try sleep(waitingFor: [peer]) {
      fetch()
      return try isComplete(handle) ? () : nil
    }
    pending[handle.slot] = nil
    vacant.append(handle.slot)
  }

  package func progress() throws {
    fetch()
    try diagnosis.serve()
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

  package func barrier() throws {
    try during(.barrier(of: size)) {
      let generation = world.enter(rank)
      try sleep(waitingFor: { world.absent }) { world.isOver(generation) ? () : nil }
    }
  }

  package func keepAlive(_ owner: AnyObject) { world.keepAlive(owner) }
  package func began(_ activity: Activity) { journal.began(activity) }
  package func finished() { journal.finished() }
  package func noted(_ activity: Activity) { journal.noted(activity) }
}

extension ThreadTransport {
  private func peer(of handle: MessageHandle) -> Int {
    switch pending[handle.slot]! {
    case .sending(_, let peer), .receiving(_, let peer, _), .wrongSize(let peer, _, _): peer
    case .arrived: rank
    }
  }

  /// Copies what has come for the receives that are open.
  private func fetch() {
    guard !open.isEmpty else { return }
    open.removeAll { slot in
      guard case .receiving(let region, let peer, let tag)? = pending[slot],
        let parcel = mailbox.take(from: peer, tag: tag)
      else { return false }
      let (expected, received) = (region.byteCount, parcel.region.byteCount)
      guard received == expected else {
        pending[slot] = .wrongSize(from: peer, expected: expected, received: received)
        return true
      }
      copy(from: parcel.region, to: region, byteCount: expected)
      pending[slot] = .arrived
      world.mailboxes[peer].deliver(parcel)
      return true
    }
  }

  private func isComplete(_ handle: MessageHandle) throws -> Bool {
    switch pending[handle.slot]! {
    case .sending(let parcel, _): return mailbox.wasDelivered(parcel)
    case .receiving: return false
    case .arrived: return true
    case .wrongSize(let peer, let expected, let received):
      throw try diagnosis.wrongSize(from: peer, expected: expected, received: received)
    }
  }

  private func sleep(waitingFor peers: @autoclosure () -> [Int], _ look: () throws -> Void?) throws {
    try sleep(waitingFor: { peers() }, look)
  }

  /// Looks whenever there is news, until the look succeeds; answers who asks meanwhile.
  private func sleep(waitingFor peers: () -> [Int], _ look: () throws -> Void?) throws {
    let limit = Date(timeIntervalSinceNow: world.deadline)
    while true {
      let seen = mailbox.news
      if try look() != nil {
        journal.awaited = nil
        return
      }
      if let failure = world.failed { throw failure }
      let awaited = peers()
      journal.awaited = awaited.count == 1 ? awaited[0] : nil
      try diagnosis.serve()
      guard mailbox.sleep(after: seen, until: limit) else {
        throw try diagnosis.stall(waitingFor: awaited.isEmpty ? [rank] : awaited, seconds: world.deadline)
      }
    }
  }
}

extension ThreadTransport: ControlLink {
  func post(_ letter: Data, to peer: Int) throws {
    counters.countControl(letter.count)
    world.mailboxes[peer].put(letter)
  }

  func letters() throws -> [Data] { mailbox.takeLetters() }

  func pause() throws {
    if let failure = world.failed { throw failure }
    Thread.sleep(forTimeInterval: 0.001)
  }
}
