package import Quantities

/// Hosts with one shaped port each, around a switch: what `launch/netlab` builds out of network namespaces, a bridge and token
/// buckets.
///
/// Host h, counted from 1, has the address `network`.h; ranks are placed host by host.
package struct Lab: Codable, Hashable {
  package var hosts: Int
  package var ranksPerHost: Int
  /// What each port passes in each direction, frames counted whole.
  package var rate: Bandwidth
  /// What each port's token bucket holds, frames counted whole: after a pause so much passes at once.
  package var bucket: ByteCount
  /// Bytes of an IP packet at the most.
  package var mtu: Int
  /// Processor cores of the machine that the hosts take turns on: host h has core h mod `cores`.
  package var cores: Int
  /// What a connection takes from its sender before any of it has passed the port: the system's send buffer.
  package var window: ByteCount

  package init(
    hosts: Int, ranksPerHost: Int, rate: Bandwidth, bucket: ByteCount, mtu: Int, cores: Int, window: ByteCount
  ) {
    (self.hosts, self.ranksPerHost, self.rate) = (hosts, ranksPerHost, rate)
    (self.bucket, self.mtu, self.cores, self.window) = (bucket, mtu, cores, window)
  }

  package var ranks: Int { hosts * ranksPerHost }
  package func host(of rank: Int) -> Int { rank / ranksPerHost }

  /// The part of a full frame that carries the ranks' bytes: IPv4 and TCP with its timestamps take 52 bytes of a packet, Ethernet adds
  /// 14; the token bucket counts no preamble, checksum or gap.
  ///
  /// - Source: RFC 791, RFC 9293, RFC 7323 (20 + 20 + 12); `qdisc_pkt_len` of Linux, which starts at the MAC header.
  package var payloadShare: Double { Double(mtu - 52) / Double(mtu + 14) }

  /// What a port carries of the ranks' bytes.
  package var goodput: Bandwidth { Bandwidth(rate.bytesPerSecond * payloadShare) }
  /// What a full bucket lets through of the ranks' bytes.
  package var burst: ByteCount { ByteCount(Int(Double(bucket.value) * payloadShare)) }

  var title: String { "\(ranks) ranks on \(hosts) hosts" }
}
