import CMPI
import Foundation
package import Kernels

/// Ranks as processes, messages as MPI point-to-point. One thread; the wait loop is ours, so every wait has a deadline, and a rank
/// that waits answers others who ask where it is.
package final class MPITransport: Transport {
  package let rank: Int
  package let size: Int
  package internal(set) var counters: TransportCounters
  let deadline: Double
  let journal: Journal
  private(set) lazy var diagnosis = Diagnosis(journal, link: self)
  /// More ranks than cores: give the core away between two looks.
  let yields: Bool
  var requests: [MPI_Request?] = []
  /// What each request is for, by slot.
  var purposes: [Purpose] = []
  private var vacant: [Int] = []
  var communicators: [[Int]: MPI_Comm] = [:]
  /// The program's own messages, those of collectives, and questions about faults never meet.
  private let messages, collectives: MPI_Comm?
  let control: MPI_Comm?
  /// Letters under way. They are few, and their memory is kept.
  var posted: [UnsafeMutablePointer<MPI_Request?>] = []
  private let largestTag: Int

  /// Whom a request waits for, and the bytes that a receive expects.
  struct Purpose {
    var peers: [Int]
    var expected: Int?
  }

  /// Joins the world that `mpirun` (or Slurm) made; without one, a world of one rank.
  ///
  /// - Parameters:
  ///   - deadline: seconds that a wait lasts at the most.
  ///   - describe: a rank's name in errors, with its place in the mesh.
  package init(deadline: Double, describe: @escaping @Sendable (Int) -> String = { "rank \($0)" }) throws {
    if orrery_initialized() == 0 {
      var provided: Int32 = 0
      try ensure(MPI_Init_thread(nil, nil, orrery_thread_funneled(), &provided), "MPI_Init_thread")
    }
    var (size, rank) = (Int32(0), Int32(0))
    try ensure(MPI_Comm_size(orrery_comm_world(), &size), "MPI_Comm_size")
    try ensure(MPI_Comm_rank(orrery_comm_world(), &rank), "MPI_Comm_rank")
    try ensure(orrery_return_errors(orrery_comm_world()), "MPI_Comm_set_errhandler")
    (messages, collectives, control) = (try duplicate(), try duplicate(), try duplicate())
    largestTag = Int(orrery_largest_tag())
    (self.rank, self.size, self.deadline) = (Int(rank), Int(size), deadline)
    counters = TransportCounters(peers: self.size)
    journal = Journal(rank: self.rank, describe: describe)
    yields = self.size > ProcessInfo.processInfo.activeProcessorCount
  }

  package func send(_ region: Region, to peer: Int, tag: MessageTag) throws -> MessageHandle {
    let (communicator, number) = try address(tag)
    let handle = slot(Purpose(peers: [peer]))
    counters.count(region.byteCount, to: peer)
    let code = try MPI_Isend(
      region.base, length(region), orrery_byte(), Int32(peer), number, communicator, &requests[handle.slot])
    try ensure(code, "MPI_Isend")
    return handle
  }

  package func receive(into region: Region, from peer: Int, tag: MessageTag) throws -> MessageHandle {
    let (communicator, number) = try address(tag)
    let handle = slot(Purpose(peers: [peer], expected: region.byteCount))
    let code = try MPI_Irecv(
      region.base, length(region), orrery_byte(), Int32(peer), number, communicator, &requests[handle.slot])
    try ensure(code, "MPI_Irecv")
    return handle
  }

  private func address(_ tag: MessageTag) throws -> (MPI_Comm?, Int32) {
    switch tag {
    case .collective(let number): return (collectives, Int32(number))
    case .message(let number):
      guard (0...largestTag).contains(number) else {
        throw TransportError.unsupported("message tag \(number): this MPI has tags from 0 to \(largestTag)")
      }
      return (messages, Int32(number))
    }
  }

  func slot(_ purpose: Purpose) -> MessageHandle {
    if let free = vacant.popLast() {
      purposes[free] = purpose
      return MessageHandle(slot: free)
    }
    requests.append(orrery_request_null())
    purposes.append(purpose)
    return MessageHandle(slot: requests.count - 1)
  }

  func release(_ handle: MessageHandle) { vacant.append(handle.slot) }

  package func progress() throws { try diagnosis.serve() }
  package func began(_ activity: Activity) { journal.began(activity) }
  package func finished() { journal.finished() }
  package func noted(_ activity: Activity) { journal.noted(activity) }

  /// Other ranks are other processes: nothing of ours outlives us there.
  package func keepAlive(_ owner: AnyObject) {}

  /// Leaves the world in good order; every rank must.
  package func finish() throws { try ensure(MPI_Finalize(), "MPI_Finalize") }

  /// Ends every rank of the world, now.
  package static func abort(code: Int32) -> Never {
    if orrery_initialized() != 0 { MPI_Abort(orrery_comm_world(), code) }
    exit(code)
  }
}

private func duplicate() throws -> MPI_Comm? {
  var made: MPI_Comm? = nil
  try ensure(MPI_Comm_dup(orrery_comm_world(), &made), "MPI_Comm_dup")
  return made
}

/// Bytes as MPI counts them.
private func length(_ region: Region) throws -> Int32 {
  guard let length = Int32(exactly: region.byteCount) else {
    throw TransportError.unsupported("a message of \(region.byteCount) bytes: MPI counts to \(Int32.max)")
  }
  return length
}

/// Turns a code of the library into an error.
func ensure(_ code: Int32, _ call: String) throws {
  guard code != MPI_SUCCESS else { return }
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
  var length: Int32 = 0
  MPI_Error_string(code, &text, &length)
  let reason = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  throw TransportError.library(call: call, reason: reason)
}
