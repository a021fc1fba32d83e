import CMPI
package import Kernels

extension MPITransport {
  package func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws {
    // The library's own wait has no deadline: everybody is there before it begins.
    try meet(group)
    counters.libraryBytes += count * (double ? 8 : 4)
    let type = double ? orrery_double() : orrery_float()
    let code = MPI_Allreduce(
      orrery_in_place(), region.base, Int32(count), type, orrery_sum(), try communicator(group))
    try ensure(code, "MPI_Allreduce")
  }

  /// All ranks meet; the library's own, bounded by a non-blocking wait like any other.
  package func barrier() throws { try during(.barrier(of: size)) { try meet(Array(0..<size)) } }

  private func meet(_ group: [Int]) throws {
    let handle = slot(Purpose(peers: group.filter { $0 != rank } + (group.count == 1 ? [rank] : [])))
    try ensure(MPI_Ibarrier(try communicator(group), &requests[handle.slot]), "MPI_Ibarrier")
    try wait(handle)
  }

  /// A communicator of the library for some ranks, made when first asked for; all members ask in the same order.
  private func communicator(_ group: [Int]) throws -> MPI_Comm? {
    if group.count == size { return orrery_comm_world() }
    if let known = communicators[group] { return known }
    var (world, members): (MPI_Group?, MPI_Group?) = (nil, nil)
    var made: MPI_Comm? = nil
    let ranks = group.map(Int32.init)
    try ensure(MPI_Comm_group(orrery_comm_world(), &world), "MPI_Comm_group")
    try ensure(MPI_Group_incl(world, Int32(ranks.count), ranks, &members), "MPI_Group_incl")
    let code = MPI_Comm_create_group(orrery_comm_world(), members, 2, &made)
    try ensure(code, "MPI_Comm_create_group")
    communicators[group] = made
    return made
  }
}
