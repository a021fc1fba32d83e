import Foundation
import Testing

extension EndToEnd {
  @Suite struct KernelWarpsTests {
    private func outcome(_ arguments: [String]) async throws -> Outcome {
      try await Job([Orrery.executable.path, "kernel"] + arguments + ["--warps"], in: try Scratch()).finish()
    }

    @Test(arguments: [
      (["matmul", "4096x4096x4096", "--gpu", "A100"], "mma.sync tile "),
      (["matmul", "4096x4096x4096", "--gpu", "H100"], "wgmma tile "),
      (["matmul", "4096x4096x4096", "--gpu", "H100", "--precision", "fp32"], "SIMT tile "),
      (
        ["matmul", "8192x8192x8192", "--gpu", "B200"],
        "tcgen05 tile 256x256x64, of which each SM of a pair computes 128 rows, on one SM of B200"
      ),
      (["matmul", "64x64x1000000000", "--gpu", "A100"], "mma.sync tile "),
      (["softmax", "64x50257", "--gpu", "A100"], "softmax of one row of 50257 4-byte values in registers on "),
      (["layernorm", "64x4096", "--gpu", "A100"], "4-byte values, layernorm's first pass alone, on one SM"),
      (["rmsnorm", "64x1000000000", "--gpu", "A100"], "4-byte values, rmsnorm's first pass alone, on one SM"),
      (["squared-norm", "1000000", "--gpu", "A100"], "\nreduction on one SM"),
      (["bias-gradient", "65536x64", "--gpu", "A100"], "\nreduction on one SM"),
      (["fill", "1000000", "--gpu", "A100"], "\nelementwise 0r1w, 16 B on one SM"),
      (["gelu", "1000000", "--gpu", "A100"], "\nelementwise 1r1w, 16 B on one SM"),
    ])
    func `The simulation says what it is of`(arguments: [String], title: String) async throws {
      let outcome = try await outcome(arguments)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      #expect(outcome.output.contains(title), "\(outcome)")
    }

    @Test(arguments: [
      (["matmul", "64x64x64", "--gpu", "H100", "--precision", "fp8"], "choose --precision bf16 or fp16 or fp32."),
      (["matmul", "64x64x64", "--gpu", "H100", "--precision", "tf32"], "products in tf32 have no warp program"),
      (["attention", "1x64x6x64", "--gpu", "H100"], "--warps: fused attention has no warp program"),
      (["softmax", "1x1000000000", "--gpu", "A100"], "512 threads have room for 65,536 values, not 1,000,000,000"),
      (["softmax-backward", "64x1024", "--gpu", "A100"], "--warps: softmax-backward has no warp program; of the"),
      (["layernorm-backward", "64x1024", "--gpu", "A100"], "--warps: layernorm-backward has no warp program; of the"),
      (["cross-entropy", "64x1024", "--gpu", "A100"], "softmax, layernorm and rmsnorm have one."),
    ])
    func `What has no warp program is refused with the reason`(arguments: [String], reason: String) async throws {
      let outcome = try await outcome(arguments)
      #expect(outcome.status == 64 && outcome.output.isEmpty)
      #expect(outcome.errors.contains(reason) && outcome.errors.contains("orrery kernel --help"), "\(outcome)")
    }
  }
}
