import Foundation
import Testing

extension EndToEnd {
  /// Disks that fill up under a run.
  @Suite struct FullDiskTests {
    @Test(arguments: [["--transport", "mpi"], ["--transport", "threads"]])
    func `Metrics on a full disk end all ranks with the reason`(transport: [String]) async throws {
      let scratch = try Scratch()
      _ = try Run(in: scratch)
      let command = [Orrery.executable.path, "train", Run.name, "metrics.file=/dev/full"] + transport
      let outcome = try await Job(command, in: scratch).finish()
      #expect(outcome.status == 74)
      let expected =
        "rank 0 [dp0]: /dev/full: cannot be written: No space left on device (errno 28)\n  Free space there"
      #expect(outcome.errors.hasPrefix("orrery: error: \(expected)"), "\(outcome)")
      #expect(scratch.processes.isEmpty)
    }

    @Test(.enabled("mounting a small file system of one's own is not allowed here") { await canMount() })
    func `A checkpoint that does not fit leaves the older one and nothing half-written`() async throws {
      let scratch = try Scratch()
      _ = try Run(in: scratch)
      try FileManager.default.createDirectory(at: scratch.file("disk"), withIntermediateDirectories: false)
      let train =
        "\(Orrery.executable.path) train \(Run.name) checkpoint.folder=disk/saved checkpoint.interval=2"
        + " checkpoint.keep_latest_k=0"
      // Room for one checkpoint of 140 kB and not for two. The mount is this shell's alone and goes with it.
      let script = "mount -t tmpfs -o size=192k tmpfs disk && { \(train); code=$?; ls -A disk/saved; exit $code; }"
      let outcome = try await Job(privately(script), in: scratch).finish()
      #expect(outcome.status == 74)
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errorLines.first?.hasPrefix("orrery: error: rank 0 [dp0]: ") == true, "\(outcome)")
      #expect(outcome.errors.contains("cannot be written: No space left on device"))
      #expect(outcome.errors.contains("older checkpoints are untouched"))
      #expect(outcome.output.hasSuffix("\nstep-00000002\n"), "\(outcome.output)")
    }

    @Test func `A prepared corpus that does not fit leaves nothing`() async throws {
      let scratch = try Scratch()
      let before = try scratch.listing()
      // No file may grow beyond a block of 512 or 1024 bytes; the signal that goes with it is not for us.
      let prepare = "\(Orrery.executable.path) data prepare \(Scratch.textName) -o prepared"
      let script = "trap '' XFSZ; ulimit -f 1; exec \(prepare)"
      let outcome = try await Job(["/bin/sh", "-c", script], in: scratch).finish()
      #expect(outcome.status == 74, "\(outcome)")
      #expect(outcome.errors.contains("cannot be written: File too large"), "\(outcome)")
      let after = try scratch.listing()
      #expect(before == after)
    }
  }
}

/// A command with mounts of its own, as a root of its own where we are none.
private func privately(_ script: String) -> [String] {
  ["/usr/bin/env", "unshare", "--mount", "--map-root-user", "/bin/sh", "-c", script]
}

@Sendable private func canMount() async -> Bool {
  guard let scratch = try? Scratch(),
    let job = try? Job(privately("mount -t tmpfs -o size=64k tmpfs ."), in: scratch)
  else { return false }
  return (try? await job.finish().status) == 0
}
