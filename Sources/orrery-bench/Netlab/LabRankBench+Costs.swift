import Kernels
import Program
import Quantities
import Transport

extension LabRankBench {
  private static let small = 8
  private static let segment = 4 * Transfer.segment

  /// Two points of each kind of pair, between rank 0 and another, while the rest of the world waits in a barrier as it does in
  /// a collective. Every rank calls; rank 0's answer counts.
  func costs() throws -> LabCosts {
    let network = try cost(with: lab.ranksPerHost)
    let sum = try sumRate()
    guard lab.ranksPerHost > 1 else { return LabCosts(network: network, sum: sum) }
    let memory = try cost(with: 1)
    let long = try halfRoundTrip(with: 1, bytes: Self.segment)
    let fixed = (memory.latency + memory.overhead * 2).seconds
    let copy = ByteCount(Self.segment) / max(long - fixed, 1e-9)
    return LabCosts(network: network, memory: memory, copy: copy, sum: sum)
  }

  private func cost(with peer: Int) throws -> MessageCost {
    let half = try halfRoundTrip(with: peer, bytes: Self.small)
    return MessageCost(halfRoundTrip: half, gap: try gap(with: peer, halfRoundTrip: half))
  }

  /// Seconds; the median of many.
  private func halfRoundTrip(with peer: Int, bytes: Int) throws -> Double {
    try median(of: 41) {
      try exchange(peer, bytes, 1)
    } / 2
  }

  /// Seconds from one small message to the next.
  private func gap(with peer: Int, halfRoundTrip: Double) throws -> Double {
    let count = 64
    let seconds = try median(of: 21) { try exchange(peer, Self.small, count) }
    return max(0, seconds - 2 * halfRoundTrip) / Double(count - 1)
  }

  /// Rank 0 sends `count` messages; the peer answers with one as long as each.
  private func exchange(_ peer: Int, _ bytes: Int, _ count: Int) throws {
    let messages = buffer.slice(byteOffset: 0, byteCount: bytes)
    let answer = buffer.slice(byteOffset: bytes, byteCount: bytes)
    switch transport.rank {
    case 0:
      let reply = try transport.receive(into: answer, from: peer)
      let sent = try (0..<count).map { _ in try transport.send(messages, to: peer) }
      try transport.wait(reply)
      for handle in sent { try transport.wait(handle) }
    case peer:
      for _ in 0..<count { try transport.wait(try transport.receive(into: messages, from: 0)) }
      try transport.wait(try transport.send(answer, to: 0))
    default: break
    }
  }

  /// Seconds of one run of `body`, which every rank calls; they meet before the first ones, which are not counted.
  private func median(of repetitions: Int, _ body: () throws -> Void) throws -> Double {
    var times: [Double] = []
    try transport.barrier()
    for repetition in -4..<repetitions {
      let start = now()
      try body()
      if repetition >= 0 { times.append(now() - start) }
    }
    try transport.barrier()
    return times.sorted()[times.count / 2]
  }

  private func sumRate() throws -> Bandwidth {
    let (bytes, half) = (Self.segment, buffer.byteCount / 2)
    let (x, y) = (buffer.slice(byteOffset: 0, byteCount: bytes), buffer.slice(byteOffset: half, byteCount: bytes))
    for region in [x, y] { fill(.float32, region, count: Transfer.segment, value: 0) }
    return ByteCount(bytes)
      / (try median(of: 21) { combine(.sum, .float32, x, into: y, count: Transfer.segment) })
  }
}
