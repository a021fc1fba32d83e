package import Quantities

/// A node's CPUs, their memory, and the PCIe tree below them.
package struct HostDescription: Hashable, Sendable {
  /// Of the whole node: what offloading can use.
  package var memory: ByteCount
  /// Of the whole node, all sockets together: the channels' peak, as data sheets give it.
  package var memoryBandwidth: Bandwidth
  /// Between a GPU and its switch or socket, and between a switch and its socket.
  package var gpuLink: Link
  /// Between a network card and its switch or socket.
  package var nicLink: Link
  /// NUMA domains.
  package var sockets: Int
  /// Between two sockets; nil if there is but one.
  package var socketLink: Link?
  /// GPUs below one PCIe switch; nil where every GPU has lanes of its own to the socket.
  package var gpusPerSwitch: Int?
  /// Whether PCIe devices reach each other directly. Without it, data between two GPUs is staged in host memory.
  package var peerToPeer: Bool

  package init(
    memory: ByteCount, memoryBandwidth: Bandwidth, gpuLink: Link, nicLink: Link, sockets: Int, socketLink: Link?,
    gpusPerSwitch: Int?, peerToPeer: Bool
  ) {
    (self.memory, self.memoryBandwidth) = (memory, memoryBandwidth)
    (self.gpuLink, self.nicLink, self.sockets) = (gpuLink, nicLink, sockets)
    (self.socketLink, self.gpusPerSwitch, self.peerToPeer) = (socketLink, gpusPerSwitch, peerToPeer)
  }
}
