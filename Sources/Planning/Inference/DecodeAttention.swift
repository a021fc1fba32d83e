import GPUModel
import Program
import Quantities

/// Attention of one new token a sequence: every key and value is read once and used once, so the kernel is a pass over the cache.
///
/// Keys are cut into parts that fill the multiprocessors, whatever the batch; a second kernel combines the parts' results. Queries that
/// share a key-value head are one tile, so grouped queries read the cache once. The products need no time of their own: a tile of 16 rows
/// makes 16 FLOPs of a byte, and tensor cores make 100 and more.
///
/// - Cost: reads B·(K·2·Akv·D + packed) values, writes B·(A·D + 2·Akv·D); six fp32 operations and one exponential a score; the combination
///   reads and writes one fp32 result a head and part.
/// - Source: Dao, Haziza, Massa & Sizov 2023, "Flash-Decoding for long-context inference", pytorch.org/blog/flash-decoding.
/// - Measured: not alone; a whole token is in `InferenceModel`.
/// - Ignores: that sequences of different lengths leave multiprocessors idle, and that blocks of a page are not adjacent.
struct DecodeAttention {
  let shape: CachedAttentionShape
  let sequences: Int
  let type: ScalarType
  let hostOperations: Int

  static let name = "decode-attention"
  /// Keys of a part: an assumption, whose traffic is below 4 % of the cache's.
  private static let part = 512

  private var keys: Int { shape.past + shape.new }
  private var scores: Int { sequences * shape.heads * keys }

  var kernels: [LoweredKernel] { [pass] + (parts > 1 ? [combination] : []) }

  private var parts: Int { (keys + Self.part - 1) / Self.part }

  private var pass: LoweredKernel {
    let read = sequences * (keys * shape.cacheWidth + shape.packed) * type.size
    let written = sequences * (shape.width + shape.cacheWidth) * type.size
    let kernel = StreamingKernel(
      bytesRead: read, bytesWritten: written, operations: 6 * scores, specialFunctions: scores,
      elements: sequences * keys * shape.cacheWidth)
    return lowered(kernel, Self.name)
  }

  private var combination: LoweredKernel {
    let results = sequences * parts * shape.width
    let kernel = StreamingKernel(
      bytesRead: results * 4, bytesWritten: results * 4 + sequences * shape.width * type.size, operations: 2 * results,
      elements: sequences * shape.width)
    return lowered(kernel, "combine-attention")
  }

  private func lowered(_ kernel: StreamingKernel, _ name: String) -> LoweredKernel {
    let traffic = Traffic(read: ByteCount(kernel.bytesRead), written: ByteCount(kernel.bytesWritten))
    return LoweredKernel(.streaming(kernel), name: name, traffic: traffic, hostOperations: hostOperations)
  }
}
