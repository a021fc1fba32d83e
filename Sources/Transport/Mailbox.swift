import Foundation

/// Messages and letters addressed to one rank, and news for it.
final class Mailbox {
  private struct Key: Hashable {
    var sender: Int
    var tag: MessageTag
  }
  private let lock = NSCondition()
  private var queues: [Key: [Parcel]] = [:]
  private var letters: [Data] = []
  /// How often anything has changed: who has looked at all of it sleeps until the next change.
  private var changes = 0

  var news: Int { lock.withLock { changes } }

  /// Sleeps until there is news after `seen`; false when the time is up.
  func sleep(after seen: Int, until limit: Date) -> Bool {
    lock.withLock {
      while changes == seen { guard lock.wait(until: limit) else { return changes != seen } }
      return true
    }
  }

  private func change(_ body: () -> Void = {}) {
    lock.withLock {
      body()
      changes += 1
      lock.signal()
    }
  }

  func put(_ parcel: Parcel) {
    change { queues[Key(sender: parcel.sender, tag: parcel.tag), default: []].append(parcel) }
  }

  func put(_ letter: Data) { change { letters.append(letter) } }
  func wake() { change() }

  /// Tells the owner that a parcel of its own has been fetched.
  func deliver(_ parcel: Parcel) { change { parcel.delivered = true } }

  /// Wakes the owner, without the parcels of a rank that is gone: their memory may be.
  func wake(without rank: Int) { change { queues = queues.filter { $0.key.sender != rank } } }

  func wasDelivered(_ parcel: Parcel) -> Bool { lock.withLock { parcel.delivered } }

  /// The oldest message from `peer` with this tag.
  func take(from peer: Int, tag: MessageTag) -> Parcel? {
    lock.withLock {
      let key = Key(sender: peer, tag: tag)
      guard let parcel = queues[key]?.first else { return nil }
      // An emptied queue goes: tags may be many.
      if queues[key]!.count == 1 { queues[key] = nil } else { queues[key]!.removeFirst() }
      return parcel
    }
  }

  func takeLetters() -> [Data] {
    lock.withLock {
      defer { letters = [] }
      return letters
    }
  }
}
