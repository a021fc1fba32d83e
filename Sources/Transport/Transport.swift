import Collectives
package import Kernels
import Quantities

/// Moves bytes between ranks. Messages between two ranks match by their tags; those of equal tag arrive in the order in which
/// they were posted. A region is not touched between post and wait. Nothing of tensor size is allocated here.
///
/// Errors: `TransportError` when a peer fails, a deadline passes, a message has the wrong size or the library reports a fault.
package protocol Transport: AnyObject {
  var rank: Int { get }
  var size: Int { get }
  /// What this rank handed over so far: the witness of the ledger.
  var counters: TransportCounters { get }

  /// Begins to send, and never waits for the receive to be posted.
  func send(_ region: Region, to peer: Int, tag: MessageTag) throws -> MessageHandle
  /// Begins to receive a message of exactly the region's size.
  func receive(into region: Region, from peer: Int, tag: MessageTag) throws -> MessageHandle
  /// Blocks until the message is complete, at most for the transport's deadline.
  func wait(_ handle: MessageHandle) throws
  /// Lets messages under way move on, and answers ranks that ask where this one is. Never waits.
  func progress() throws
  /// The library's own sum over `group`, in place.
  func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws
  func barrier() throws
  /// Keeps the owner of regions in existence as long as another rank may read them.
  func keepAlive(_ owner: AnyObject)

  /// What the following waits are for, until `finished`: errors name it, and other ranks are told when they ask.
  func began(_ activity: Activity)
  func finished()
  /// Writes a message into the journal when it is posted, so that its receiver can be told what it was.
  func noted(_ activity: Activity)
}

extension Transport {
  /// A message with tag 0.
  package func send(_ region: Region, to peer: Int) throws -> MessageHandle {
    try send(region, to: peer, tag: .message(0))
  }

  /// A message with tag 0.
  package func receive(into region: Region, from peer: Int) throws -> MessageHandle {
    try receive(into: region, from: peer, tag: .message(0))
  }

  /// Runs `body` as one activity. An activity that fails is not over: its rank is still asked about it.
  package func during<Result>(_ activity: Activity, _ body: () throws -> Result) rethrows -> Result {
    began(activity)
    let result = try body()
    finished()
    return result
  }
}

/// A message under way.
package struct MessageHandle: Hashable, Sendable {
  var slot: Int
}

/// Tells messages between two ranks apart. Equal at both ends.
package enum MessageTag: Hashable, Sendable {
  /// A message of the program's own, by its number.
  case message(Int)
  /// Messages of the collectives of one group, which never mix with the program's own.
  case collective(Int)

  /// The tag of a collective: by its group, so that groups pass by each other, and by all that two ranks must agree on. Where they
  /// do not, their messages never meet, and the wait is diagnosed: sums of what was meant otherwise would be silent.
  ///
  /// Two tags may coincide. Members of both groups go through their collectives in one order, and no message is mistaken.
  static func collective(
    _ schedule: CollectiveSchedule, among group: [Int], _ type: ScalarType, _ combination: Combination
  ) -> MessageTag {
    // The smallest range of tags that the standard allows a library to have.
    let mix = { (hash: Int, part: Int) in (hash &* 31 &+ part &+ 1) & 0x7fff }
    let words = [schedule.kind.rawValue, schedule.algorithm.rawValue, type.rawValue, combination.rawValue]
    return .collective(words.reduce(group.reduce(17, mix)) { $1.utf8.reduce($0) { mix($0, Int($1)) } })
  }
}
