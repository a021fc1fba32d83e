import Cluster
import Foundation
import Measurements
import Testing

@Suite struct GPUCatalogueFileTests {
  @Test func `a user's GPUs stand beside the built-in ones, and a name that is taken is refused`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "gpus-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let source = TestData.repository.appending(path: "Sources/Cluster/Catalogue/volta.yaml")
    let own = try String(contentsOf: source, encoding: .utf8)
    try TextFile(file).write(own)
    #expect(throws: GPUError.self) { try TestData.catalogue.adding(file: file) }
    let bare = GPUCatalogue(TestData.catalogue.gpus.filter { $0.generation != .volta })
    #expect(try bare.adding(file: file).gpus.count == TestData.catalogue.gpus.count)
    #expect(throws: MeasurementError.self) { try bare.adding(file: "/nowhere/gpus.yaml") }
  }
}
