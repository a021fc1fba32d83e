import Cluster
import Planning
import Quantities
import Testing

/// What a GPU holds that no program allocates.
@Suite struct GPUOverheadTests {
  private func gpu(_ name: String) throws -> GPU { try GPUCatalogue.builtIn().gpu(named: name) }

  @Test(arguments: [
    ("A100", true, true, 2 * 33_554_432 + 4_194_304), ("A100", false, true, 2 * 8_519_680 + 4_194_304),
    ("A100", false, false, 2 * 8_519_680), ("H100", false, true, 3 * 33_554_432), ("B200", true, true, 3 * 33_554_432),
    ("B200", false, false, 2 * 8_519_680), ("H100", true, false, 2 * 33_554_432),
  ])
  func `matrix libraries take what their sources say`(name: String, isDeterministic: Bool, engine: Bool, bytes: Int)
    throws
  {
    let gpu = try gpu(name == "A100" ? "A100-SXM4-80GB" : name == "H100" ? "H100-SXM5-80GB" : name)
    let line = GPUOverhead.matrixLibraries(
      gpu.capability, isDeterministic: isDeterministic, usesTransformerEngine: engine)
    #expect(line.bytes == ByteCount(bytes))
  }

  @Test func `the worked example of communicators: 661 MiB over 24 channels, measured 688 MB`() {
    let line = GPUOverhead.communicators([4], channels: 24)
    #expect(line.bytes == ByteCount(24 * 3 * 9_633_792))
    #expect(abs(Double(line.bytes.value) / 688e6 - 1) < 0.02)
  }

  @Test func `a communicator of one rank costs nothing, more communicators and channels cost more`() {
    let groups = [[], [2], [8], [8, 2], [8, 8, 2]]
    for channels in [2, 16, 24] {
      let sizes = groups.map { GPUOverhead.communicators($0, channels: channels).bytes }
      #expect(sizes == sizes.sorted() && Set(sizes).count == sizes.count)
      #expect(GPUOverhead.communicators([1, 1], channels: channels).bytes == .zero)
      #expect(
        GPUOverhead.communicators([8], channels: channels).bytes * 2
          == GPUOverhead.communicators([8], channels: 2 * channels).bytes)
    }
  }

  @Test func `channels follow the NVLinks: two for each`() throws {
    #expect(GPUOverhead.channels(try gpu("A100-SXM4-80GB")) == 24)
    #expect(GPUOverhead.channels(try gpu("V100-SXM2-32GB")) == 12)
    #expect(GPUOverhead.channels(try gpu("T4")) == 2)
    #expect(GPUOverhead.channels(try gpu("H100-SXM5-80GB")) == 32)
  }

  @Test func `gaps leave 94 percent of what is reserved allocated`() {
    let allocated = ByteCount(47 << 30)
    let reserved = allocated + GPUOverhead.gaps(allocated).bytes
    #expect(abs(Double(allocated.value) / Double(reserved.value) - 0.94) < 1e-9)
  }

  @Test(arguments: Generation.allCases)
  func `every generation has a context, and every line a source`(generation: Generation) {
    let line = GPUOverhead.context(generation)
    #expect(line.bytes >= ByteCount(256 << 20) && line.bytes <= ByteCount(1 << 30))
    #expect(!line.source.isEmpty)
  }
}
