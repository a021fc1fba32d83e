import Cluster
import Foundation
import GPUModel
import Measurements
import Testing

@Suite struct KernelTableTests {
  @Test func `every row of the fixture is a sample or refused: none is dropped`() throws {
    let table = TestData.fixture
    #expect(table.rows == 60)
    #expect(Set(table.samples.map(\.measurement.id) + table.refusals.map(\.id)).count == 60)
    #expect(Set(table.samples.map(\.family)).count >= 8)
    #expect(Set(table.refusals.map(\.reason)).count == 2)
  }

  @Test func `refusals are grouped by reason, the most frequent first`() throws {
    let groups = RefusalGroup.grouping(TestData.fixture.refusals)
    #expect(groups.map(\.ids.count) == groups.map(\.ids.count).sorted(by: >))
    #expect(groups[0].reason.hasPrefix("dtype 'nvfp4' has no model"))
    #expect(groups.map(\.ids.count).reduce(0, +) == TestData.fixture.refusals.count)
  }

  @Test func `a table without names of GPUs is read where the GPU is given`() throws {
    let text = "op,dtype,latency_us,m,n,k\ngemm,fp16,10,64,64,64\n"
    #expect(throws: MeasurementError.self) { try KernelTable(parsing: text, name: "t.csv", TestData.catalogue) }
    let table = try KernelTable(parsing: text, name: "t.csv", TestData.catalogue, gpu: "V100 PCIe 32GB")
    #expect(table.samples.map(\.gpu.name) == ["Tesla V100 PCIe 32GB"])
    #expect(table.samples.map(\.measurement.id) == ["line 2"])
  }

  @Test func `the halves are stable and of about the same size`() throws {
    let rows = try (0..<1000).map { try TestData.table(TestData.product.merging(["id": "k\($0)"]) { $1 }).samples[0] }
    #expect(rows.count(where: \.isFitted) > 440)
    #expect(rows.count(where: \.isFitted) < 560)
    // A change of the hash would move rows between the halves that constants were fitted on.
    #expect(rows.prefix(12).map { $0.isFitted ? "1" : "0" }.joined() == "001100110110")
  }

  private static let large = TestData.repository.appending(path: "../shared/data/kernels.csv").standardized

  private static let isThere = FileManager.default.fileExists(atPath: large.path)

  private static func readLarge() throws -> KernelTable {
    try KernelTable(parsing: TextFile(large.path).read(), name: "kernels.csv", TestData.catalogue)
  }

  @Test(.enabled(if: isThere, "the large table is not on this machine"))
  func `the large table is read to the last row`() throws {
    let table = try Self.readLarge()
    #expect((table.rows, table.refusals.count) == (4803, 112))
    #expect(table.refusals.allSatisfy { $0.reason.hasPrefix("dtype 'nvfp4'") || $0.reason.contains("'grouped_gemm'") })
    let validation = try KernelValidation(table.samples, refused: table.refusals, by: TestData.constants)
    #expect(validation.rows == 4803)
    let all = try #require(validation.groups { _ in "all" }.first)
    for summary in [all.unseen, all.fitted].compactMap({ $0 }) {
      #expect(summary.mean < 0.25)
      #expect(summary.mean < summary.rooflineMean / 2)
    }
  }

  /// The mean errors that docs/gpu-model.md states, with a tenth of slack.
  private static let limits: [KernelSubject: Double] = [
    .largeMatmul: 0.09, .matmul: 0.105, .fullPowerMatmul: 0.135, .lowPowerMatmul: 0.17, .attention: 0.075,
    .memory: 0.065,
  ]

  @Test(.enabled(if: isThere, "the large table is not on this machine"))
  func `each half of the large table is predicted from the other within a limit for each subject`() throws {
    let halves = try CrossValidation(start: .priors(), Self.readLarge().samples).halves()
    let errors = Dictionary(uniqueKeysWithValues: halves.subjects.map { ($0.title, $0.unseen?.mean) })
    for (subject, limit) in Self.limits {
      let mean = try #require(errors[subject.rawValue] ?? nil)
      #expect(mean < limit, "\(subject.rawValue)")
    }
  }
}
