import Collectives
import Foundation
import Mesh
import Quantities
import Testing
import Transport

@Suite("What a stalled world says")
struct DiagnosisTests {
  /// Runs a world that must fail, with a deadline of half a second.
  private func failing(
    _ ranks: Int, _ body: @escaping @Sendable (Rank) throws -> Void
  ) -> (texts: Texts, error: TransportError?, seconds: Double) {
    let (texts, start) = (Texts(), Date())
    var caught: TransportError?
    do { _ = try world(ranks, deadline: 0.5, texts: texts, body) } catch { caught = error as? TransportError }
    return (texts, caught, Date().timeIntervalSince(start))
  }

  @Test("A rank that does not come is named with the collective, its number, and both sides")
  func absent() {
    let result = failing(2) { rank in
      try rank.run(.allReduce, count: 4096)
      if rank.number == 1 { return Thread.sleep(forTimeInterval: 2.5) }
      try rank.run(.allReduce, count: 512)
    }
    let expected = """
      all-reduce #2 along dp of 512 fp32: rank 0 [dp0] waited 0.5 s for rank 1 [dp1], which does not answer: it is busy or hung \
      outside of any collective; the last that it is known here to have joined is all-reduce #1 along dp of 4096 fp32; if it is \
      only slow, raise collective_timeout
      """
    #expect(result.texts[0] == expected)
    guard case .stalled(let missing, _)? = result.error else { return #expect(Bool(false), "no stall") }
    #expect(missing == 1)
    #expect(result.seconds < 4)
  }

  @Test("The rank at the end of a chain of waits is the missing one")
  func chain() {
    let result = failing(3) { rank in
      if rank.number == 2 { return Thread.sleep(forTimeInterval: 2.5) }
      // A tree: rank 0 waits for rank 2, rank 1 for rank 0.
      try rank.run(.allReduce, .tree, count: 8)
    }
    let texts = result.texts.causes
    let named = texts.allSatisfy { $0.contains("for rank 2 [dp2], which does not answer") }
    #expect(!texts.isEmpty && named, "\(texts)")
  }

  @Test("A rank that waits elsewhere says where, and a circle is called one")
  func elsewhere() {
    let result = failing(2) { rank in
      try rank.run(.allReduce, count: 16)
      if rank.number == 1 { try rank.receive(into: rank.region([0, 0]), from: 0, tag: 7, count: 2) }
      try rank.run(.allReduce, count: 16)
    }
    let expected = [
      """
      all-reduce #2 along dp of 16 fp32: rank 0 [dp0] waited 0.5 s for rank 1 [dp1], which is in receive with tag 7 along pp of 2 \
      fp64, waiting for rank 0 [dp0]: they wait for each other
      """,
      """
      receive with tag 7 along pp of 2 fp64: rank 1 [dp1] waited 0.5 s for rank 0 [dp0], which is in all-reduce #2 along dp of 16 \
      fp32, waiting for rank 1 [dp1]: they wait for each other
      """,
    ]
    let texts = result.texts.causes
    #expect(!texts.isEmpty && texts.allSatisfy(expected.contains), "\(texts)")
  }

  @Test("A rank between two collectives that lets its transport progress says what it has done")
  func computing() {
    let result = failing(2) { rank in
      try rank.run(.allReduce, count: 16)
      try rank.transport.barrier()
      guard rank.number == 1 else { return try rank.run(.allReduce, count: 16) }
      for _ in 0..<100 {
        Thread.sleep(forTimeInterval: 0.02)
        try rank.transport.progress()
      }
    }
    let expected = """
      all-reduce #2 along dp of 16 fp32: rank 0 [dp0] waited 0.5 s for rank 1 [dp1], which has not come to it: it is in no \
      collective, and its last was all-reduce #1 along dp of 16 fp32
      """
    #expect(result.texts[0] == expected)
  }

  @Test("A barrier names the rank that is missing, among others that are there")
  func barrier() {
    let result = failing(3) { rank in
      if rank.number == 1 { return Thread.sleep(forTimeInterval: 2.5) }
      try rank.transport.barrier()
    }
    let texts = result.texts.causes
    let named = texts.allSatisfy { $0.contains("rank 1 [dp1], which does not answer") }
    #expect(!texts.isEmpty && named && texts.allSatisfy { $0.hasPrefix("barrier #1: rank ") }, "\(texts)")
  }

  @Test("A size that differs is named with both sides' collectives, shorter or longer", arguments: [2048, 8192])
  func sizes(count: Int) {
    let result = failing(2) { rank in
      try rank.run(.allReduce, count: 64)
      try rank.run(.allReduce, count: rank.number == 1 ? count : 4096)
    }
    let expected = [
      """
      all-reduce #2 along dp: rank 0 [dp0] has 4096 fp32, rank 1 [dp1] sent \(count) fp32 from all-reduce #2 along dp; a message \
      of \(count * 2) bytes came where 8192 were due
      """,
      """
      all-reduce #2 along dp: rank 1 [dp1] has \(count) fp32, rank 0 [dp0] sent 4096 fp32 from all-reduce #2 along dp; a message \
      of 8192 bytes came where \(count * 2) were due
      """,
    ]
    let texts = result.texts.causes
    #expect(!texts.isEmpty && texts.allSatisfy(expected.contains), "\(texts)")
    #expect(result.seconds < 4)
  }

  @Test("Collectives of equal sizes that are not the same one never mix: the ranks wait, and both are named")
  func confused() {
    let result = failing(2) { rank in
      try rank.run(rank.number == 0 ? .allGather : .reduceScatter, count: 64)
    }
    let expected = [
      """
      all-gather #1 along dp of 64 fp32: rank 0 [dp0] waited 0.5 s for rank 1 [dp1], which is in reduce-scatter #1 along dp of 64 \
      fp32, waiting for rank 0 [dp0]: they wait for each other
      """,
      """
      reduce-scatter #1 along dp of 64 fp32: rank 1 [dp1] waited 0.5 s for rank 0 [dp0], which is in all-gather #1 along dp of 64 \
      fp32, waiting for rank 1 [dp1]: they wait for each other
      """,
    ]
    let texts = result.texts.causes
    #expect(!texts.isEmpty && texts.allSatisfy(expected.contains), "\(texts)")
  }

  @Test("A message of the wrong size is named with what was sent")
  func message() {
    let result = failing(2) { rank in
      guard rank.number == 0 else { return try rank.receive(into: rank.region([0, 0]), from: 0, tag: 3, count: 2) }
      let activity = Activity(.send(to: 1, tag: 3), scope: .pipeline, count: 3, type: .float64)
      rank.transport.noted(activity)
      let handle = try rank.transport.send(rank.region([1, 2, 3]), to: 1, tag: .message(3))
      try rank.transport.during(activity) { try rank.transport.wait(handle) }
    }
    let expected = """
      receive with tag 3 along pp: rank 1 [dp1] has 2 fp64, rank 0 [dp0] sent 3 fp64 from send with tag 3 along pp; a message of \
      24 bytes came where 16 were due
      """
    #expect(result.texts[1] == expected)
    #expect(result.error == .wrongSize(from: 0, expected: 16, received: 24, report: expected))
  }

  @Test("Questions and answers are counted apart from what the program sends")
  func control() {
    let counted = Texts()
    _ = failing(2) { rank in
      do {
        if rank.number == 1 { try rank.receive(into: rank.region([0]), from: 0, tag: 1, count: 1) }
        try rank.run(.allReduce, count: 16)
      } catch {
        let counters = rank.transport.counters
        if case .stalled? = error as? TransportError { counted.note(0, Counted(counters: counters)) }
        throw error
      }
    }
    #expect(counted[0] == "asked")
  }

  private struct Counted: Error, CustomStringConvertible {
    var counters: TransportCounters
    var description: String {
      counters.control.bytes > 0 && counters.control.messages > 0 && counters.bytes <= 32 ? "asked" : "\(counters)"
    }
  }
}
