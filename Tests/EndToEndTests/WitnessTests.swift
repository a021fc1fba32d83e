import Foundation
import Testing

extension EndToEnd {
  /// Open MPI counts what crosses its border; the ledger, our counters and the closed form must say the same.
  @Suite struct WitnessTests {
    static let worlds = [2, 3, 4].flatMap { ranks in ["ring", "recursive", "tree"].map { (ranks, $0) } }

    @Test(arguments: worlds)
    func `A step's bytes are 2(N-1)K, the count of tokens, norm and loss, by every account`(
      ranks: Int, algorithm: String
    ) async throws {
      let (scratch, steps) = (try Scratch(), 6)
      let seen = try await monitored(scratch, ranks, "communication.all_reduce=\(algorithm)")
      let volume = try Volume(scratch, ranks)
      #expect(seen.total == steps * (volume.gradients + volume.tokens + 2 * volume.total))
      let metrics = try scratch.metrics()
      #expect(metrics.integer("sent_bytes_per_step", of: "ended")! * steps == seen.external[0])
      #expect(metrics.integer("transport_bytes_per_step", of: "ended")! * steps == seen.external[0])
    }

    @Test(arguments: [2, 3, 4])
    func `No rank of the ring sends more than its share but for a chunk's remainder`(ranks: Int) async throws {
      let (scratch, steps) = (try Scratch(), 6)
      let seen = try await monitored(scratch, ranks)
      let volume = try Volume(scratch, ranks)
      let share = Double(seen.total) / Double(ranks)
      // Each all-reduce leaves out one chunk on the way there and one on the way back; chunks differ by one value of 8 bytes.
      let remainder = Double(steps * 2 * 8 * (volume.units + 1))
      for (rank, bytes) in seen.external {
        #expect(abs(Double(bytes) - share) <= remainder, "rank \(rank) sent \(bytes) B of a share of \(share) B")
      }
    }

    @Test func `The library's own all-reduce is counted apart from what we send`() async throws {
      let (scratch, steps) = (try Scratch(), 6)
      let seen = try await monitored(scratch, 3, "communication.all_reduce=mpi")
      let volume = try Volume(scratch, 3)
      #expect(seen.total == steps * (volume.tokens + 2 * volume.total))
      #expect(seen.internalBytes > 0)
    }

    @Test func `An evaluation adds one gathered loss per split and nothing else`() async throws {
      let (scratch, steps) = (try Scratch(), 6)
      let seen = try await monitored(
        scratch, 2, "evaluation.iterations=2", "evaluation.interval=3", "checkpoint.folder=saved")
      let volume = try Volume(scratch, 2)
      let evaluations = try scratch.metrics().validationLosses.count
      #expect(evaluations == 2)
      let training = steps * (volume.gradients + volume.tokens + 2 * volume.total)
      #expect(seen.total == training + evaluations * 2 * volume.total)
    }

    private func monitored(_ scratch: Scratch, _ ranks: Int, _ settings: String...) async throws -> Monitoring {
      let program = [Orrery.executable.path, "train", Run.name, "parallelism.dp=\(ranks)"] + settings
      _ = try Run(in: scratch)
      let outcome = try await Job(Run.mpirun(ranks, Monitoring.flags("seen")) + program, in: scratch).finish()
      #expect(outcome.status == 0, "\(outcome)")
      return try Monitoring(scratch, "seen", ranks: ranks)
    }
  }
}

/// Closed forms of a step's traffic in fp64, summed over ranks.
private struct Volume {
  /// Parts of the model whose gradients are summed together: both tables, each block, the last norm.
  let units = Run.layers + 3
  /// Of gradients, of the number of tokens, and of one total (norm or loss) to which every rank of the world adds a value.
  let gradients, tokens, total: Int

  init(_ scratch: Scratch, _ ranks: Int) throws {
    let parameters = try scratch.metrics().integer("parameters", of: "began")!
    // An all-reduce of K bytes costs 2(N-1)K, whoever schedules it: Patarasuk & Yuan 2009, eq. 4, summed.
    gradients = 2 * (ranks - 1) * parameters * 8
    tokens = 2 * (ranks - 1) * 8
    // Every rank's value goes to every other rank.
    total = ranks * (ranks - 1) * 8
  }
}
