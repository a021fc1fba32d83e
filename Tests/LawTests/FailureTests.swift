import Foundation
import Kernels
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A fault on one rank ends all ranks")
struct FailureTests {
  private struct Broken: Error, CustomStringConvertible {
    var description: String { "the disk is full" }
  }

  /// What each rank's own call ended with.
  private final class Outcomes: Sendable {
    private let texts = Mutex<[Int: String]>([:])
    func note(_ rank: Int, _ error: any Error) { texts.withLock { $0[rank] = "\(error)" } }
    var all: [Int: String] { texts.withLock { $0 } }
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = Date()
    try body()
    return Date().timeIntervalSince(start)
  }

  /// Runs ranks of which number 1 throws, while the others do `wait`.
  private func run(
    ranks: Int, _ wait: @escaping @Sendable (ThreadTransport, Region) throws -> Void
  ) -> (texts: [Int: String], error: (any Error)?, seconds: Double) {
    let outcomes = Outcomes()
    var caught: (any Error)?
    let seconds = seconds {
      do {
        _ = try ThreadTransport.run(ranks: ranks, deadline: 30) { transport in
          let arena = try Arena(capacity: 1 << 20)
          do {
            if transport.rank == 1 { throw Broken() }
            try wait(transport, arena.allocate(64))
          } catch {
            outcomes.note(transport.rank, error)
            throw error
          }
        }
      } catch { caught = error }
    }
    return (outcomes.all, caught, seconds)
  }

  @Test("Ranks that wait for the one that throws end within 2 s with its name and reason", arguments: [2, 4])
  func throwing(ranks: Int) {
    let result = run(ranks: ranks) { transport, region in
      try transport.wait(try transport.receive(into: region, from: 1))
    }
    for rank in 0..<ranks where rank != 1 {
      #expect(result.texts[rank] == "rank 1 failed: the disk is full")
    }
    #expect(result.error is Broken)
    #expect(result.seconds < 2)
  }

  @Test("So do ranks that wait for a third one, that send, and that stand at a barrier")
  func waitingElsewhere() {
    let results = [
      run(ranks: 3) { transport, region in
        try transport.wait(try transport.receive(into: region, from: 2 - transport.rank))
      },
      run(ranks: 3) { transport, region in try transport.wait(try transport.send(region, to: 1)) },
      run(ranks: 3) { transport, _ in try transport.barrier() },
    ]
    for result in results {
      #expect(result.texts[0] == "rank 1 failed: the disk is full")
      #expect(result.texts[2] == "rank 1 failed: the disk is full")
      #expect(result.seconds < 2)
    }
  }

  @Test("A rank that never answers makes a deadline error that names it, when the time is up")
  func silent() {
    let outcomes = Outcomes()
    let seconds = seconds {
      _ = try? ThreadTransport.run(ranks: 2, deadline: 1) { transport in
        let arena = try Arena(capacity: 1 << 20)
        if transport.rank == 1 { return Thread.sleep(forTimeInterval: 1.5) }
        do { try transport.wait(try transport.receive(into: arena.allocate(8), from: 1)) } catch {
          outcomes.note(0, error)
          throw error
        }
      }
    }
    let text = outcomes.all[0] ?? "nothing"
    #expect(text.hasPrefix("rank 1 did not answer within 1.0 s"))
    #expect(seconds > 0.9 && seconds < 4)
  }

  @Test("At a barrier the deadline names the rank that is missing, not the one that waits")
  func barrierDeadline() {
    let outcomes = Outcomes()
    _ = try? ThreadTransport.run(ranks: 2, deadline: 0.5) { transport in
      if transport.rank == 1 { return Thread.sleep(forTimeInterval: 1) }
      do { try transport.barrier() } catch {
        outcomes.note(0, error)
        throw error
      }
    }
    let text = outcomes.all[0] ?? "nothing"
    let named = text.contains("rank 0 waited 0.5 s for rank 1")
    #expect(named, "\(text)")
  }

  @Test("A rank that throws between two steps of training ends the other's all-reduce")
  func training() {
    let interference = Interference.device { host, rank in
      FaultyDevice(host, rank: rank, .throwsAt(rank == 1 ? 2 : -1))
    }
    let run = TinyRun.of(batch: 12, steps: 3)
    var text = ""
    let seconds = seconds {
      do { _ = try run.train(.data(3), interference: interference) } catch { text = "\(error)" }
    }
    #expect(text.contains("planted"))
    #expect(seconds < 5)
  }
}
