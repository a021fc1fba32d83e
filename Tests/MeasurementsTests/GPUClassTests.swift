import Cluster
import Measurements
import Testing

/// A class stands in for a name that is a spelling of its GPU, and for nothing else.
@Suite struct GPUClassTests {
  private static let catalogue = TestData.catalogue
  /// Parentheses are a remark to whoever reads a longer name.
  private static let plain = catalogue.gpus.filter { !$0.name.contains("(") }

  @Test(arguments: catalogue.gpus)
  func `a name that is known counts, whatever its class`(gpu: GPU) throws {
    for other in Self.catalogue.gpus {
      #expect(try Self.catalogue.gpu(named: gpu.name, inClass: other.name) == gpu)
    }
  }

  @Test(arguments: plain)
  func `a longer spelling is the class's GPU`(gpu: GPU) throws {
    for suffix in [" Rev. A", "-OEM", " (DGX) OEM", " HBM9"] {
      #expect(throws: GPUError.self) { try Self.catalogue.gpu(named: gpu.name + suffix) }
      #expect(try Self.catalogue.gpu(named: gpu.name + suffix, inClass: gpu.name) == gpu)
    }
    #expect(try Self.catalogue.gpu(named: "", inClass: gpu.name) == gpu)
  }

  @Test(arguments: plain)
  func `another generation's GPU is refused by name, however it is spelled`(gpu: GPU) {
    for other in Self.catalogue.gpus where other.generation != gpu.generation {
      expectRefusal("\(gpu.name) Rev. A", inClass: other.name)
    }
  }

  @Test(arguments: catalogue.gpus)
  func `a number that is a little more is another GPU`(gpu: GPU) {
    let words = gpu.name.split(separator: " ")
    expectRefusal(words.map { "Z\($0)" }.joined(separator: " "), inClass: gpu.name)
    expectRefusal(words.map { "\($0)00" }.joined(separator: " "), inClass: gpu.name)
    expectRefusal("Z9 (like \(gpu.name))", inClass: gpu.name)
  }

  @Test(arguments: [
    ("H100 SXM5 64GB", "H100-80"), ("H100 NVL 188GB", "H100-80"), ("A100-PCIe-80GB custom", "A100-80-SXM"),
    ("RTX 4090 D", "GeForce RTX 4090"), ("RTX 4090 Laptop", "GeForce RTX 4090"), ("MI300X 192GB", "H100-80"),
  ])
  func `other memory, another form and a variant are refused`(name: String, gpuClass: String) {
    expectRefusal(name, inClass: gpuClass)
  }

  private func expectRefusal(_ name: String, inClass gpuClass: String) {
    let error = #expect(throws: GPUError.self) { try Self.catalogue.gpu(named: name, inClass: gpuClass) }
    #expect(error?.description.hasPrefix("'\(name)'") == true)
  }
}
