import CMPI
import Foundation

extension MPITransport {
  package func wait(_ handle: MessageHandle) throws {
    var (status, done, looks, start) = (MPI_Status(), Int32(0), 0, 0.0)
    while true {
      let code = MPI_Test(&requests[handle.slot], &done, &status)
      guard code == MPI_SUCCESS else { throw try fault(code, status, purposes[handle.slot]) }
      if done != 0 { break }
      looks += 1
      if yields { sched_yield() }
      if looks % 4096 == 0 { try look(handle, since: &start) }
    }
    journal.awaited = nil
    if let expected = purposes[handle.slot].expected { try verify(status, purposes[handle.slot].peers[0], expected) }
    release(handle)
  }

  /// Once in a while: is the time up, and does somebody ask where this rank is?
  private func look(_ handle: MessageHandle, since start: inout Double) throws {
    let (now, peers) = (ProcessInfo.processInfo.systemUptime, purposes[handle.slot].peers)
    if start == 0 { start = now }
    // A wait for all names none of them.
    journal.awaited = peers.count == 1 ? peers[0] : nil
    try diagnosis.serve()
    guard now - start < deadline else { throw try diagnosis.stall(waitingFor: peers, seconds: deadline) }
  }

  private func verify(_ status: MPI_Status, _ peer: Int, _ expected: Int) throws {
    let received = size(status)
    if received != expected {
      throw try diagnosis.wrongSize(from: peer, expected: expected, received: received)
    }
  }

  func size(_ status: MPI_Status) -> Int {
    var (status, count) = (status, Int32(0))
    MPI_Get_count(&status, orrery_byte(), &count)
    return Int(count)
  }

  /// The error of a failed request. A message that is too long has its size in the status.
  private func fault(_ code: Int32, _ status: MPI_Status, _ purpose: Purpose) throws -> any Error {
    var kind: Int32 = 0
    MPI_Error_class(code, &kind)
    if kind == MPI_ERR_TRUNCATE, let expected = purpose.expected {
      return try diagnosis.wrongSize(from: purpose.peers[0], expected: expected, received: size(status))
    }
    do { try ensure(code, "MPI_Test") } catch { return error }
    return TransportError.library(call: "MPI_Test", reason: "error \(code)")
  }
}
