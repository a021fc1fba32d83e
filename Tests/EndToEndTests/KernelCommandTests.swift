import Foundation
import FoundationXML
import Testing

extension EndToEnd {
  /// Figures follow the calibration; what must hold of them whatever it says is tested here.
  @Suite struct KernelCommandTests {
    struct Record: Decodable {
      var gpu, operation, precision, launch, limiter, advice: String
      var shape: [Int]
      var seconds, kernelSeconds, launchSeconds, dramBytes, l2Bytes, occupancy, tail: Double
      var flops, blocks: Int
      var flopsPerSecond, peakFlopsPerSecond, dramBytesPerSecond, peakDramBytesPerSecond: Double
      var tile: String?
      var splitK: Int?
      var boundSeconds: [String: Double]
      var intensity, ridge: Double
    }

    private func records(_ arguments: String...) async throws -> [Record] {
      let job = try Job([Orrery.executable.path, "kernel"] + arguments + ["--json"], in: try Scratch())
      let outcome = try await job.finish()
      #expect(outcome.status == 0, "\(outcome)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode([Record].self, from: Data(outcome.output.utf8))
    }

    @Test func `Each GPU has a column, each figure a row`() async throws {
      let outcome = try await (try Scratch()).orrery("kernel", "matmul", "4096x4096x4096", "--gpu", "A100,H100,h20")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[0] == "matmul 4096 x 4096 x 4096, bf16, TN")
      #expect(lines[2].split(separator: "  ").count == 3)
      for title in [
        "time (graph) ", "limited by ", "FLOPs ", "DRAM traffic ", "tile ", "split-K ", "blocks ", "occupancy ",
        "waves ",
        "intensity, FLOP/B ", "constants ",
      ] {
        #expect(lines.count { $0.hasPrefix(title) } == 1, "\(title)")
      }
      #expect(lines.count { $0.hasPrefix("  ") && $0.contains("80GB: ") && $0.hasSuffix(".") } == 2)
    }

    @Test(arguments: [
      ("matmul", "2048x1024x512"), ("gemm", "8x256x256x64"), ("attention", "2x1024x16x64"),
      ("attention-backward", "2x1024x16x64"), ("sdpa", "2x1x1024x16x64"), ("softmax", "2x16x1024x1024"),
      ("layernorm", "4096x1024"), ("rmsnorm-backward", "4096x1024"), ("cross-entropy", "4096x50257"),
      ("gelu", "4194304"),
      ("swiglu", "4096x2048"), ("dropout", "1048576"), ("copy", "1048576"), ("cast", "1048576"),
      ("embedding", "4096x1024x50257"), ("rotary", "2x1024x16x64"), ("adamw", "124000000"),
      ("bias-gradient", "4096x1024"),
    ])
    func `No figure is more than the GPU can do`(operation: String, shape: String) async throws {
      let found = try await records(operation, shape, "--gpu", "A100 SXM 80GB,H100,B200,RTX 4090")
      #expect(found.count == 4)
      for record in found {
        #expect(record.seconds > 0 && record.seconds == record.kernelSeconds, "\(record)")
        #expect(record.flopsPerSecond <= record.peakFlopsPerSecond * 1.1, "\(record)")
        #expect(record.dramBytesPerSecond <= record.peakDramBytesPerSecond, "\(record)")
        #expect(record.boundSeconds.values.allSatisfy { $0 >= 0 && $0 <= record.seconds * 1.0001 }, "\(record)")
        #expect((0...1).contains(record.occupancy) && (0...1).contains(record.tail) && record.blocks > 0)
        #expect(record.launchSeconds > 0 && record.launchSeconds < record.seconds)
        #expect(!record.advice.isEmpty && record.ridge > 1 && record.intensity >= 0)
        #expect((record.tile == nil) == (record.splitK == nil))
      }
    }

    @Test func `Aliases, capitals and separators mean the same`() async throws {
      let plain = try await records("matmul", "1024x1024x1024", "--gpu", "H100 SXM5 80GB", "--layout", "TN")
      let other = try await records("GEMM", "1_024X1024×1024", "--gpu", "nvidia h100 sxm", "--precision", "BF16")
      #expect(
        plain[0].seconds == other[0].seconds && other[0].operation == "matmul" && plain[0].shape == [1024, 1024, 1024])
    }

    @Test func `Sizes say what is computed`() async throws {
      let product = try await records("matmul", "3x64x32x16", "--gpu", "A100 SXM 80GB")
      #expect(product[0].flops == 2 * 3 * 64 * 32 * 16)
      let all = try await records("attention", "2x128x4x64", "--gpu", "A100 SXM 80GB", "--no-causal")
      #expect(all[0].flops == 4 * 2 * 4 * 128 * 128 * 64)
      let lower = try await records("attention", "2x128x4x64", "--gpu", "A100 SXM 80GB")
      #expect(lower[0].flops == 4 * 2 * 4 * (128 * 129 / 2) * 64)
      let rows = try await records("softmax", "8x4x128x64", "--gpu", "A100 SXM 80GB")
      #expect(rows[0].flops == 5 * 8 * 4 * 128 * 64)
    }

    @Test func `A kernel that the host launches takes no less than one in a graph`() async throws {
      var seconds: [Double] = []
      for launch in ["kernel", "graph", "stream", "eager", "synchronized"] {
        let found = try await records("gelu", "65536", "--gpu", "A100 SXM 80GB", "--launch", launch)
        #expect(found[0].launch == launch)
        seconds.append(found[0].seconds)
      }
      #expect(
        seconds[0] == seconds[1] && seconds.dropFirst().allSatisfy { $0 >= seconds[1] } && seconds[4] >= seconds[3])
    }

    @Test(arguments: [
      ("fill", "1000000", []), ("matmul", "8192x8192x8192", ["--precision", "fp32", "--launch", "eager"]),
    ])
    func `Times have their unit, and what only moves bytes has no FLOPs`(
      operation: String, shape: String, options: [String]
    ) async throws {
      let command = [Orrery.executable.path, "kernel", operation, shape, "--gpu", "P100"] + options
      let outcome = try await Job(command, in: try Scratch()).finish()
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("FLOP") == (operation != "fill"), "\(outcome)")
      let time = outcome.output.split(separator: "\n").first { $0.hasPrefix("time (") }
      #expect(time?.hasSuffix(operation == "fill" ? " us" : " ms") == true, "\(outcome)")
    }

    @Test func `The picture is XML with a point for each GPU`() async throws {
      let scratch = try Scratch()
      let outcome = try await scratch.orrery(
        "kernel", "matmul", "4096x4096x4096", "--gpu", "A100,H100", "--svg", "roof.svg")
      #expect(outcome.status == 0, "\(outcome)")
      let picture = try scratch.text("roof.svg")
      #expect(XMLParser(data: Data(picture.utf8)).parse())
      #expect(picture.components(separatedBy: "<circle").count == 3)
      for words in ["bf16 peak", "fp32 peak", "DRAM", "L2", "FLOPs per second", "FLOPs per byte", "H100 SXM5 80GB, "] {
        #expect(picture.contains(words), "\(words)")
      }
      #expect(!picture.contains("nan") && !picture.contains("inf"))
    }

    @Test(arguments: [
      (["matmull", "1x1x1", "--gpu", "A100"], "OP 'matmull' is no operation; did you mean matmul?"),
      (["sort", "100", "--gpu", "A100"], "OP 'sort' is no operation; "),
      (["matmul", "64x64", "--gpu", "A100"], "SHAPE '64x64' is no shape of matmul; write MxNxK"),
      (["softmax", "0x64", "--gpu", "A100"], "SHAPE '0x64' is no shape of softmax; write ROWSxCOLUMNS"),
      (["gelu", "1e6", "--gpu", "A100"], "SHAPE '1e6' is no shape of gelu; write COUNT, such as 1048576"),
      (["matmul", "9999999x9999999x9999999", "--gpu", "A100"], "is more than one kernel can be"),
      (["matmul", "64x64x64", "--gpu", "V100"], "--precision bf16: Tesla V100 SXM2 16GB has no bf16 matrix products "),
      (["matmul", "64x64x64", "--gpu", "A100,H10O"], "--gpu 'H10O' is no GPU of the catalogue; did you mean H100 "),
      (
        ["matmul", "64x64x64", "--gpu", "A100", "--precision", "bf17"], "--precision 'bf17' is none; did you mean bf16?"
      ),
      (["matmul", "64x64x64", "--gpu", "A100", "--precision", "fp8"], "it has fp32, tf32, fp16, bf16; choose bf16"),
      (["gelu", "64", "--gpu", "H100", "--precision", "fp8"], "--precision fp8: gelu has no values of 8 bits here; "),
      (["gelu", "64", "--gpu", "H100", "--layout", "NN"], "--layout is of matmul; leave it out for gelu."),
      (["gelu", "64", "--gpu", "H100", "--no-causal"], "--no-causal is of attention; leave it out for gelu."),
      (["matmul", "8x8x8", "--gpu", "H100", "--launch", "grap"], "--launch 'grap' is none; did you mean graph?"),
      (
        ["matmul", "8x8x8", "--gpu", "H100", "--library", "mkl"],
        "--library 'mkl': there are no constants for its kernels of the family matmul_tensor; leave --library out."
      ),
      (["matmul", "8x8x8", "--gpu", "H100", "--library", "vllm"], "--library 'vllm': there are no constants"),
      (["layernorm", "8x8", "--gpu", "H100", "--library", "cudnn"], "of the family norm; known: vllm"),
      (["matmul", "8x-8x8", "--gpu", "H100"], "SHAPE '8x-8x8' is no shape of matmul; write MxNxK"),
      (["attention", "1x64x6x64", "--gpu", "H100", "--kv-heads", "-2"], "--kv-heads -2: attention has one at least."),
      (["matmul", "8x8x8", "--gpu", "A100,"], "--gpu 'A100,': a name is missing after a comma"),
      (["matmul", "8x8x8", "--gpu", ",A100"], "--gpu ',A100': a name is missing before its first comma"),
      (["matmul", "8x8x8", "--gpu", "RTX"], " and 9 more; write more of the name"),
      (["softmax", "8x8", "--gpu", "A100", "--precision", "tf32"], "softmax multiplies no matrices; choose fp32."),
      (["copy", "64", "--gpu", "A100", "--svg", "copy.svg"], "--svg: copy has no FLOPs"),
      (
        ["attention", "1x64x6x64", "--gpu", "A100", "--precision", "fp32"],
        "--precision fp32: FlashAttention has no kernels in fp32; choose bf16 or fp16, or time its products"
      ),
      (["attention", "1x64x6x64", "--gpu", "H100", "--kv-heads", "4"], "--kv-heads 4 does not divide the 6 heads"),
      (
        ["attention", "1x64x6x64", "--gpu", "V100", "--precision", "fp16"],
        "--gpu: no generation of FlashAttention runs on Tesla V100 SXM2 16GB (compute capability 7.0); time its products"
      ),
    ])
    func `A wrong request is refused with its value and the way on`(arguments: [String], reason: String) async throws {
      let outcome = try await Job([Orrery.executable.path, "kernel"] + arguments, in: try Scratch()).finish()
      #expect(outcome.status == 64)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
