import Foundation
import Kernels

/// A message between threads: where its bytes are, and whether they have been fetched.
final class Parcel {
  let region: Region
  let sender: Int
  /// Read and written under the sender's mailbox lock.
  var delivered = false

  init(region: Region, sender: Int) { (self.region, self.sender) = (region, sender) }
}

/// What all ranks of one process share. Every field is guarded by a lock: the mailboxes by their own, the rest by `gate`.
final class World: @unchecked Sendable {
  let mailboxes: [Mailbox]
  let deadline: Double
  private let gate = NSCondition()
  private var failure: TransportError?
  /// Who has come to the barrier, and how many barriers there were.
  private var (present, generation) = (Set<Int>(), 0)
  private var owners: [AnyObject] = []

  init(ranks: Int, deadline: Double) {
    self.deadline = deadline
    mailboxes = (0..<ranks).map { _ in Mailbox(ranks: ranks) }
  }

  var failed: TransportError? { gate.withLock { failure } }

  /// The first failure counts; it wakes everybody.
  func fail(_ rank: Int, reason: String) {
    gate.withLock {
      if failure == nil { failure = .peerFailed(rank: rank, reason: reason) }
      gate.broadcast()
    }
    for mailbox in mailboxes { mailbox.wake(without: rank) }
  }

  /// Holds on to memory that others may still copy from when its rank has failed.
  func keepAlive(_ owner: AnyObject) { gate.withLock { owners.append(owner) } }

  /// A barrier.
  func meet(_ rank: Int) throws {
    gate.lock()
    defer { gate.unlock() }
    let mine = generation
    present.insert(rank)
    if present.count == mailboxes.count {
      (present, generation) = ([], generation + 1)
      gate.broadcast()
    }
    let limit = Date(timeIntervalSinceNow: deadline)
    while generation == mine {
      if let failure { throw failure }
      guard gate.wait(until: limit) else {
        throw TransportError.deadline(waitingFor: absent ?? rank, seconds: deadline)
      }
    }
  }

  /// The first rank that has not come to the barrier.
  private var absent: Int? { mailboxes.indices.first { !present.contains($0) } }
}

/// Messages addressed to one rank, and news for it.
final class Mailbox {
  private let lock = NSCondition()
  private var queues: [[Parcel]]

  init(ranks: Int) { queues = Array(repeating: [], count: ranks) }

  func put(_ parcel: Parcel) {
    lock.withLock {
      queues[parcel.sender].append(parcel)
      lock.signal()
    }
  }

  /// Tells the owner that a parcel of its own has been fetched.
  func deliver(_ parcel: Parcel) {
    lock.withLock {
      parcel.delivered = true
      lock.signal()
    }
  }

  /// Wakes the owner, without the parcels of a rank that is gone: their memory may be.
  func wake(without rank: Int) {
    lock.withLock {
      queues[rank] = []
      lock.broadcast()
    }
  }

  /// Only inside `wait`'s closure, which holds the lock.
  func take(from peer: Int) -> Parcel? { queues[peer].isEmpty ? nil : queues[peer].removeFirst() }

  /// Looks, and sleeps until there is news, until the look succeeds.
  func wait<Found>(_ world: World, for peer: Int, _ look: () -> Found?) throws -> Found {
    lock.lock()
    defer { lock.unlock() }
    let limit = Date(timeIntervalSinceNow: world.deadline)
    while true {
      if let found = look() { return found }
      if let failure = world.failed { throw failure }
      guard lock.wait(until: limit) else { throw TransportError.deadline(waitingFor: peer, seconds: world.deadline) }
    }
  }
}

/// The ranks' results, handed from their threads to the caller.
final class Outcomes<Value: Sendable>: @unchecked Sendable {
  private let lock = NSCondition()
  private var results: [Result<Value, any Error>?]

  init(count: Int) { results = Array(repeating: nil, count: count) }

  func set(_ rank: Int, _ result: Result<Value, any Error>) {
    lock.withLock {
      results[rank] = result
      lock.signal()
    }
  }

  /// All results; a root cause comes before the errors it made elsewhere.
  func wait() throws -> [Result<Value, any Error>] {
    lock.lock()
    defer { lock.unlock() }
    while results.contains(where: { $0 == nil }) { lock.wait() }
    let all = results.map { $0! }
    for result in all {
      if case .failure(let error) = result, !isEcho(error) { throw error }
    }
    return all
  }

  private func isEcho(_ error: any Error) -> Bool {
    if case .peerFailed? = error as? TransportError { true } else { false }
  }
}
