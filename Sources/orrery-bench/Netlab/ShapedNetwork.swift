package import EventSimulation
package import Quantities

/// Links whose senders are held to a rate by token buckets: flows share the rate fairly, and what the buckets hold passes at once.
///
///     tokens(t) = min(bucket, tokens(t₀) + rate·(t − t₀) − bytes carried since)
///     bytes that flow = size − min over the route of tokens
///
/// - Example: at 25 MB/s with buckets of 16 KiB, a 64 KiB message after a pause takes 49,152 B / 25 MB/s = 1.97 ms.
/// - Source: Linux's `sch_tbf`; Cruz 1991, "A calculus for network delay", IEEE Trans. Inf. Theory 37(1):114–131: a (σ, ρ) bound.
/// - Ignores: packets; a message that takes the tokens in a moment takes them all, whoever else comes in the same one.
package struct ShapedNetwork {
  private struct Bucket {
    var rate, size, tokens: Double
    var carried = 0.0
    var seen = SimInstant.start
  }

  private var flows = FlowNetwork()
  private var buckets: [FlowNetwork.Link: Bucket] = [:]

  package init() {}

  /// - Parameter bucket: what passes at once after a pause; nil for a link without a shaper.
  package mutating func addLink(_ rate: Bandwidth, bucket: ByteCount? = nil) -> FlowNetwork.Link {
    let link = flows.addLink(rate)
    if let bucket {
      buckets[link] = Bucket(rate: rate.bytesPerSecond, size: Double(bucket.value), tokens: Double(bucket.value))
    }
    return link
  }

  package mutating func nextEnd() -> SimInstant? { flows.nextEnd() }
  package mutating func advance(to time: SimInstant) -> [FlowNetwork.Flow] { flows.advance(to: time) }

  /// Starts a message now; it ends at once where the buckets hold all of it.
  package mutating func start(_ bytes: ByteCount, over route: [FlowNetwork.Link]) -> FlowNetwork.Flow {
    for link in route { refill(link) }
    let free = min(bytes.value, Int((route.map { buckets[$0]?.tokens ?? 0 }.min() ?? 0).rounded()))
    for link in route { buckets[link]?.tokens -= Double(free) }
    return flows.start(ByteCount(bytes.value - free), over: route)
  }

  /// Tokens only grow while a link is in use or idle, so that one step from the last look is exact.
  private mutating func refill(_ link: FlowNetwork.Link) {
    guard var bucket = buckets[link] else { return }
    let carried = flows.carried[link.index]
    let gained = bucket.rate * (flows.now - bucket.seen).seconds - (carried - bucket.carried)
    bucket.tokens = max(0, min(bucket.size, bucket.tokens + gained))
    (bucket.carried, bucket.seen) = (carried, flows.now)
    buckets[link] = bucket
  }
}
