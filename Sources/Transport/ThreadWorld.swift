import Foundation
import Kernels

/// A message between threads: where its bytes are, and whether they have been fetched.
final class Parcel {
  let region: Region
  let sender: Int
  let tag: MessageTag
  /// Read and written under the sender's mailbox lock.
  var delivered = false

  init(region: Region, sender: Int, tag: MessageTag) { (self.region, self.sender, self.tag) = (region, sender, tag) }
}

/// What all ranks of one process share. Every field is guarded by a lock: the mailboxes by their own, the rest by `gate`.
final class World: @unchecked Sendable {
  let mailboxes: [Mailbox]
  let deadline: Double
  let describe: @Sendable (Int) -> String
  private let gate = NSLock()
  private var failure: TransportError?
  /// Who has come to the barrier, and how many barriers there were.
  private var (present, generation) = (Set<Int>(), 0)
  private var owners: [AnyObject] = []

  init(ranks: Int, deadline: Double, describe: @escaping @Sendable (Int) -> String) {
    (self.deadline, self.describe) = (deadline, describe)
    mailboxes = (0..<ranks).map { _ in Mailbox() }
  }

  var failed: TransportError? { gate.withLock { failure } }

  /// The first failure counts; it wakes everybody.
  func fail(_ rank: Int, reason: String) {
    gate.withLock { if failure == nil { failure = .peerFailed(rank: rank, reason: reason) } }
    for mailbox in mailboxes { mailbox.wake(without: rank) }
  }

  /// Holds on to memory that others may still copy from when its rank has failed.
  func keepAlive(_ owner: AnyObject) { gate.withLock { owners.append(owner) } }
}

extension World {
  /// Comes to the barrier; the last one opens it for all.
  ///
  /// - Returns: the barrier's number, for `isOver`.
  func enter(_ rank: Int) -> Int {
    let (mine, isLast) = gate.withLock {
      let mine = generation
      present.insert(rank)
      if present.count == mailboxes.count { (present, generation) = ([], generation + 1) }
      return (mine, generation > mine)
    }
    if isLast { for mailbox in mailboxes { mailbox.wake() } }
    return mine
  }

  func isOver(_ barrier: Int) -> Bool { gate.withLock { generation > barrier } }

  /// The ranks that have not come to the barrier.
  var absent: [Int] { gate.withLock { mailboxes.indices.filter { !present.contains($0) } } }
}
