import CMPI
import Foundation
package import Kernels

/// Ranks as processes, messages as MPI point-to-point. One thread; the wait loop is ours, so every wait has a deadline.
package final class MPITransport: Transport {
  package let rank: Int
  package let size: Int
  package private(set) var counters: TransportCounters
  private let deadline: Double
  /// More ranks than cores: give the core away between two looks.
  private let yields: Bool
  private var requests: [MPI_Request?] = []
  private var peers: [Int] = []
  private var vacant: [Int] = []
  private var communicators: [[Int]: MPI_Comm] = [:]

  /// Joins the world that `mpirun` (or Slurm) made; without one, a world of one rank.
  ///
  /// - Parameter deadline: seconds that a wait lasts at the most.
  package init(deadline: Double) throws {
    if orrery_initialized() == 0 {
      var provided: Int32 = 0
      try check(MPI_Init_thread(nil, nil, orrery_thread_funneled(), &provided), "MPI_Init_thread")
    }
    var (size, rank) = (Int32(0), Int32(0))
    try check(MPI_Comm_size(orrery_comm_world(), &size), "MPI_Comm_size")
    try check(MPI_Comm_rank(orrery_comm_world(), &rank), "MPI_Comm_rank")
    (self.rank, self.size, self.deadline) = (Int(rank), Int(size), deadline)
    counters = TransportCounters(peers: self.size)
    yields = self.size > ProcessInfo.processInfo.activeProcessorCount
  }

  package func send(_ region: Region, to peer: Int) throws -> MessageHandle {
    let handle = slot(peer)
    counters.count(region.byteCount, to: peer)
    let code = MPI_Isend(
      region.base, Int32(region.byteCount), orrery_byte(), Int32(peer), 1, orrery_comm_world(), &requests[handle.slot])
    try check(code, "MPI_Isend")
    return handle
  }

  package func receive(into region: Region, from peer: Int) throws -> MessageHandle {
    let handle = slot(peer)
    let code = MPI_Irecv(
      region.base, Int32(region.byteCount), orrery_byte(), Int32(peer), 1, orrery_comm_world(), &requests[handle.slot])
    try check(code, "MPI_Irecv")
    return handle
  }

  package func wait(_ handle: MessageHandle) throws {
    var done: Int32 = 0
    var looks = 0
    var start = 0.0
    while true {
      try check(MPI_Test(&requests[handle.slot], &done, orrery_status_ignore()), "MPI_Test")
      if done != 0 { break }
      looks += 1
      if yields { sched_yield() }
      guard looks % 4096 == 0 else { continue }
      let now = ProcessInfo.processInfo.systemUptime
      if start == 0 { start = now }
      guard now - start < deadline else {
        throw TransportError.deadline(waitingFor: peers[handle.slot], seconds: deadline)
      }
    }
    vacant.append(handle.slot)
  }

  private func slot(_ peer: Int) -> MessageHandle {
    if let free = vacant.popLast() {
      peers[free] = peer
      return MessageHandle(slot: free)
    }
    requests.append(orrery_request_null())
    peers.append(peer)
    return MessageHandle(slot: requests.count - 1)
  }
}

extension MPITransport {
  package func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws {
    counters.libraryBytes += count * (double ? 8 : 4)
    let type = double ? orrery_double() : orrery_float()
    let code = MPI_Allreduce(
      orrery_in_place(), region.base, Int32(count), type, orrery_sum(), try communicator(group))
    try check(code, "MPI_Allreduce")
  }

  /// A communicator of the library for some ranks, made when first asked for; all members ask in the same order.
  private func communicator(_ group: [Int]) throws -> MPI_Comm? {
    if group.count == size { return orrery_comm_world() }
    if let known = communicators[group] { return known }
    var (world, members): (MPI_Group?, MPI_Group?) = (nil, nil)
    var made: MPI_Comm? = nil
    let ranks = group.map(Int32.init)
    try check(MPI_Comm_group(orrery_comm_world(), &world), "MPI_Comm_group")
    try check(MPI_Group_incl(world, Int32(ranks.count), ranks, &members), "MPI_Group_incl")
    try check(MPI_Comm_create_group(orrery_comm_world(), members, 2, &made), "MPI_Comm_create_group")
    communicators[group] = made
    return made
  }

  /// All ranks meet; the library's own, bounded by a non-blocking wait like any other.
  package func barrier() throws {
    let handle = slot(rank)
    try check(MPI_Ibarrier(orrery_comm_world(), &requests[handle.slot]), "MPI_Ibarrier")
    try wait(handle)
  }

  /// Other ranks are other processes: nothing of ours outlives us there.
  package func keepAlive(_ owner: AnyObject) {}

  /// Leaves the world in good order; every rank must.
  package func finish() throws { try check(MPI_Finalize(), "MPI_Finalize") }

  /// Ends every rank of the world, now.
  package static func abort(code: Int32) -> Never {
    if orrery_initialized() != 0 { MPI_Abort(orrery_comm_world(), code) }
    exit(code)
  }
}

private func check(_ code: Int32, _ call: String) throws {
  guard code != MPI_SUCCESS else { return }
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
  var length: Int32 = 0
  MPI_Error_string(code, &text, &length)
  let reason = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  throw TransportError.library(call: call, reason: reason)
}
