package import Cluster
package import Quantities

/// What a GPU's memory holds that no program allocates: contexts, libraries, buffers of the network library, and the allocator's gaps.
package struct GPUOverhead: Hashable, Sendable {
  /// One line, with where its figure is from.
  package struct Line: Hashable, Sendable {
    package var name: String
    package var bytes: ByteCount
    package var source: String

    package init(_ name: String, _ bytes: ByteCount, source: String) {
      (self.name, self.bytes, self.source) = (name, bytes, source)
    }
  }

  package var lines: [Line]

  package init(_ lines: [Line]) { self.lines = lines }

  package var total: ByteCount { lines.reduce(.zero) { $0 + $1.bytes } }
}

extension GPUOverhead {
  /// The CUDA context with the kernels that a training run loads, one by one since CUDA 11.7.
  ///
  /// A process before it launches anything has 256 to 430 MiB, by driver and GPU; matrix products, attention and the network library
  /// bring their kernels. Ignored: what profilers and debuggers add.
  package static func context(_ generation: Generation) -> Line {
    let loadsLazily = ![.fermi, .kepler, .maxwell].contains(generation)
    return Line(
      "CUDA context and kernels", ByteCount((loadsLazily ? 512 : 1024) << 20),
      source: """
        pytorch/pytorch#107667 and #109888 (300 to 400 MB, more than 1000 MB before CUDA 11.7); unslothai/unsloth-zoo#1053 (426 \
        MiB, RTX 6000 Ada); with about 100 MiB for kernels; read 2026-11
        """)
  }

  /// Scratch memory that matrix libraries take from the framework's allocator and keep.
  ///
  /// PyTorch takes one piece for each handle and stream: the forward pass's thread and autograd's have a handle each. Hopper's is 32
  /// MiB, that of other GPUs 2 × 4 MiB + 8 × 16 KiB; a run that must repeat to the bit asks for 8 × 4 MiB on all. Transformer Engine has
  /// one more of its own: 32 MiB from compute capability 9.0 on, 4 MiB below.
  package static func matrixLibraries(
    _ capability: ComputeCapability, isDeterministic: Bool, usesTransformerEngine: Bool
  ) -> Line {
    let large = 32 << 20
    let torch = isDeterministic || capability.major == 9 ? large : 2 * (4 << 20) + 8 * (16 << 10)
    let own = usesTransformerEngine ? (capability.major >= 9 ? large : 4 << 20) : 0
    return Line(
      "cuBLAS workspace", ByteCount(2 * torch + own),
      source: """
        PyTorch notes, CUDA semantics, cuBLAS workspaces, and ATen/cuda/CublasHandlePool.cpp; Transformer Engine, \
        pytorch/cpp_extensions/gemm.py; read 2026-11
        """)
  }

  /// Bytes of one connection of NCCL's: a queue for each protocol, 4 MiB, 4.69 MiB and 0.5 MiB.
  static let connection = ByteCount((4 << 20) + 120 * 640 * 8 * 8 + 8 * 512 * 8 * 16)

  /// NCCL's buffers: for every communicator, channels × connections × the three protocols' queues.
  ///
  /// Worked example: 24 channels between NVLink-connected A100s, three connections (a ring's and a tree's): 24 × 3 × 9.19 MiB = 661 MiB;
  /// 688 MB were measured with more than two ranks. With two ranks two connections: 441 MiB; measured 544 MB. Ignored: sharing of
  /// buffers between communicators that were split, all-to-all connections, in-switch buffers.
  ///
  /// - Parameter groups: ranks of each communicator; those of one rank cost nothing.
  package static func communicators(_ groups: [Int], channels: Int) -> Line {
    let connections = groups.reduce(0) { $0 + ($1 < 2 ? 0 : $1 == 2 ? 2 : 3) }
    return Line(
      "NCCL buffers", connection * (channels * connections),
      source: "NVIDIA/nccl: src/init.cc, DEFAULT_BUFFSIZE and its neighbours; issue #964 for connections; read 2026-11")
  }

  /// Channels that NCCL opens inside a node: two for each of a GPU's NVLinks, up to 32; 2 over PCIe.
  package static func channels(_ gpu: GPU) -> Int {
    guard let nvlink = gpu.nvlink else { return 2 }
    // A link of the second to fourth generation carries 50 GB/s both ways, of the fifth 100.
    let link = gpu.capability.major >= 10 ? 100e9 : 50e9
    return min(32, max(2, 2 * Int((nvlink.bytesPerSecond / link).rounded())))
  }

  /// Share of what PyTorch reserves that is allocated at the peak; the rest are gaps.
  package static let allocatedShare = 0.94

  /// Gaps between what the caching allocator reserves and what is allocated.
  package static func gaps(_ allocated: ByteCount) -> Line {
    Line(
      "allocator's gaps", ByteCount(Int(Double(allocated.value) * (1 / allocatedShare - 1))),
      source: "SimuMax, core/perf_llm.py: 94 % of what is reserved is allocated, on its own runs")
  }
}
