import Collectives
import Foundation
import Kernels
import Mesh
import Quantities
import Testing
import Transport

@Suite("Tagged messages between threads")
struct MessageTests {
  @Test("Messages that are posted in different orders at both ends find each other by their tags")
  func outOfOrder() throws {
    let seen = try world(2) { rank -> [Double] in
      let tags = [5, 9, 1, 5]
      guard rank.number == 1 else {
        let sends = try zip(tags, [50.0, 90, 10, 51]).map { tag, value in
          try rank.transport.send(rank.region([value]), to: 1, tag: .message(tag))
        }
        for handle in sends { try rank.transport.wait(handle) }
        return []
      }
      let places = [1, 5, 5, 9].map { ($0, rank.region([0])) }
      let receives = try places.map { try rank.transport.receive(into: $0.1, from: 0, tag: .message($0.0)) }
      for handle in receives.reversed() { try rank.transport.wait(handle) }
      return places.map { rank.values($0.1, 1)[0] }
    }
    #expect(seen[1] == [10, 50, 51, 90])
  }

  @Test("Large messages both ways may be waited for in any order, sends first too", arguments: [2, 4])
  func bothWays(ranks: Int) throws {
    let count = 1 << 17
    let seen = try world(ranks) { rank -> [Double] in
      let own = rank.region(Array(repeating: Double(rank.number), count: count))
      let peers = rank.everyone.filter { $0 != rank.number }
      let sends = try peers.map { try rank.transport.send(own, to: $0, tag: .message(3)) }
      let places = peers.map { ($0, rank.region(Array(repeating: -1, count: count))) }
      let receives = try places.map { try rank.transport.receive(into: $0.1, from: $0.0, tag: .message(3)) }
      for handle in sends + receives { try rank.transport.wait(handle) }
      return places.map { rank.values($0.1, count)[count - 1] }
    }
    for rank in 0..<ranks { #expect(seen[rank] == (0..<ranks).filter { $0 != rank }.map(Double.init)) }
  }

  @Test("A send whose receive is not posted does not hold up its rank")
  func early() throws {
    _ = try world(2) { rank in
      let region = rank.region(Array(repeating: 1, count: 1 << 17))
      if rank.number == 0 {
        let handle = try rank.transport.send(region, to: 1, tag: .message(0))
        try rank.transport.barrier()
        try rank.transport.wait(handle)
      } else {
        try rank.transport.barrier()
        try rank.transport.wait(try rank.transport.receive(into: region, from: 0, tag: .message(0)))
      }
    }
  }

  @Test("Collectives pass by messages under way, and collectives of other groups")
  func apart() throws {
    let seen = try world(4) { rank -> [Double] in
      let (next, before) = ((rank.number + 1) % 4, (rank.number + 3) % 4)
      let (message, place) = (rank.region([Double(rank.number)]), rank.region([-1]))
      let sent = try rank.transport.send(message, to: next, tag: .message(0))
      let half = rank.number < 2 ? [0, 1] : [3, 2]
      let buffer = rank.region([1, 2, 3].map { $0 * Double(rank.number + 1) })
      try rank.collective(.allReduce, .ring, buffer, count: 3, type: .float64, among: half, along: .tensor)
      try rank.collective(.allReduce, .recursive, buffer, count: 3, type: .float64)
      try rank.transport.wait(try rank.transport.receive(into: place, from: before, tag: .message(0)))
      try rank.transport.wait(sent)
      return rank.values(buffer, 3) + rank.values(place, 1)
    }
    for rank in 0..<4 { #expect(seen[rank] == [20, 40, 60, Double((rank + 3) % 4)]) }
  }

  @Test("Progress completes receives, so that a sender need not wait for its receiver's wait")
  func progress() throws {
    _ = try world(2) { rank in
      let region = rank.region([1])
      if rank.number == 0 {
        try rank.transport.wait(try rank.transport.send(region, to: 1, tag: .message(4)))
        try rank.transport.barrier()
      } else {
        let handle = try rank.transport.receive(into: region, from: 0, tag: .message(4))
        let limit = Date(timeIntervalSinceNow: 0.2)
        while Date() < limit { try rank.transport.progress() }
        try rank.transport.barrier()
        try rank.transport.wait(handle)
      }
    }
  }

  @Test("Bytes are counted by peer, and a healthy world has nothing to ask")
  func counters() throws {
    let counted = try world(3) { rank -> TransportCounters in
      try rank.run(.allReduce, count: 300)
      let region = rank.region([1, 2])
      if rank.number == 0 { try rank.transport.wait(try rank.transport.send(region, to: 2, tag: .message(1))) }
      if rank.number == 2 { try rank.receive(into: region, from: 0, tag: 1, count: 2) }
      try rank.transport.barrier()
      return rank.transport.counters
    }
    #expect(counted[0].sent.map(\.bytes) == [0, 1600, 16])
    #expect(counted[0].bytes == 1616)
    for counters in counted {
      #expect(counters.control.bytes == 0 && counters.control.messages == 0)
    }
  }
}
