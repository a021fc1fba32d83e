package import Quantities

/// A kind of connection between GPUs, hosts or network cards, as `Catalogue/links.yaml` knows it. Nothing here is fitted.
package struct Link: Hashable, Sendable {
  package var name: String
  package var aliases: [String]
  package var kind: Kind
  /// How many physical links the bandwidth is made of: six for a V100's NVLink, one for a port.
  package var count: Int
  /// One direction; of all NVLinks of a GPU, or of one port.
  package var bandwidth: Bandwidth
  /// The payload that large transfers see of it: without headers, encoding and acknowledgements.
  package var achieved: Bandwidth
  /// What one hop adds: wire and switch.
  package var latency: Latency
  /// What a message costs at its ends, once, however many hops it takes.
  package var overhead: Latency
  package var source: String
  package var notes: String

  package enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    case nvlink
    /// NVLink-C2C: from a GPU to the CPU of its superchip.
    case c2c
    case pcie
    /// Between the sockets of a host.
    case socket
    case infiniband, roce
    /// Amazon's Elastic Fabric Adapter.
    case efa
    /// Google's TCP into GPU memory.
    case tcpx
    /// TCP through the kernel's stack.
    case ethernet
  }

  /// The share of the bandwidth that is payload.
  package var payloadShare: Double { achieved / bandwidth }
}

extension Link {
  /// Several of these side by side, or a part of one.
  ///
  /// - Returns: the same link with `factor` times the bandwidth.
  func times(_ factor: Double) -> Link {
    var link = self
    link.bandwidth = Bandwidth(bandwidth.bytesPerSecond * factor)
    link.achieved = Bandwidth(achieved.bytesPerSecond * factor)
    return link
  }

  /// So many of the physical links that `bandwidth` is made of.
  func lanes(_ number: Int) -> Link { times(Double(number) / Double(count)) }
}
