import Cluster
import Foundation
import Testing

@Suite struct ClusterCatalogueTests {
  @Test func `the built-in clusters are the files of the folder`() {
    #expect(ClusterCatalogue.names.map { "\($0).yaml" }.sorted() == ClusterFiles.names)
  }

  @Test(arguments: ClusterCatalogue.names)
  func `a built-in cluster is its file, by its name, its aliases and what it calls itself`(_ name: String) throws {
    let cluster = try ClusterFiles.read("\(name).yaml")
    for text in [name, name.uppercased(), name.replacing("-", with: " "), cluster.name]
      + ClusterCatalogue.aliases(of: name)
    {
      #expect(try ClusterDescription.builtIn(named: text) == cluster)
      #expect(try ClusterCatalogue.name(for: text) == name)
    }
  }

  @Test func `no spelling means two clusters`() throws {
    let spellings = ClusterCatalogue.names.flatMap { [$0] + ClusterCatalogue.aliases(of: $0) }
    let plain = spellings.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
    #expect(Set(plain).count == plain.count)
  }

  @Test(arguments: [
    ("hgx-h10", "'hgx-h10' is no cluster that is built in; did you mean hgx-h100?"),
    ("dgx-h00", "'dgx-h00' is no cluster that is built in; did you mean dgx-h100?"),
    (
      "frontier",
      "'frontier' is no cluster that is built in; known: dgx-1v, dgx-2, v100-cloud, t4-cloud, dgx-a100-40, dgx-a100-80, "
        + "ethernet-cluster, rtx4090-pcie-4, l40s-8, hgx-h100, hgx-h200, gb200-nvl72; or give the path of a file that "
        + "ends in .yaml"
    ),
  ])
  func `a name that means none is refused with the nearest`(_ text: String, expected: String) {
    let error = #expect(throws: ClusterNameError.self) { try ClusterDescription.builtIn(named: text) }
    #expect(error?.description == expected)
    #expect(throws: ClusterNameError.self) { try ClusterReference(parsing: text) }
  }

  @Test func `a text with a slash or an extension is a file, anything else a name`() throws {
    #expect(try ClusterReference(parsing: "DGX H100") == .builtIn("hgx-h100"))
    for path in ["own.yaml", "own.yml", "./hgx-h100", "/a/b"] {
      #expect(try ClusterReference(parsing: path) == .file(path))
    }
  }

  @Test func `a user's file is read by its path`() throws {
    let path = ClusterFiles.folder.appending(path: "dgx-2.yaml").path(percentEncoded: false)
    #expect(try ClusterReference.file(path).read() == ClusterReference.builtIn("dgx-2").read())
  }

  private func message(_ path: String) -> String {
    do throws(ClusterErrors) { return "\(try ClusterReference.file(path).read())" } catch { return error.description }
  }

  @Test func `a file that cannot be read is named with the reason`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "clusters-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let latin = folder.appending(path: "latin.yaml")
    try Data([0xC3, 0x28]).write(to: latin)
    let (file, directory) = (latin.path(percentEncoded: false), folder.path(percentEncoded: false))
    #expect(message(file) == "\(file): is not UTF-8 text; save it as UTF-8")
    #expect(message(directory) == "\(directory): cannot be read as a file; check the path and its permissions")
    #expect(message("no/own.yaml").hasPrefix("no/own.yaml: there is no such file; built in are dgx-1v, "))
    try Data("gpu: H100".utf8).write(to: latin)
    #expect(message(file).hasPrefix("\(file): name is missing; write it like 'name: DGX H100'\n"))
  }
}
