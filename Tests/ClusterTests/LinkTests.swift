import Cluster
import Quantities
import Testing

let linkCatalogue = try! LinkCatalogue.builtIn()

@Suite struct LinkTests {
  @Test(arguments: linkCatalogue.links.map(\.name))
  func `every link achieves part of its bandwidth, in microseconds, and has a source`(_ name: String) throws {
    let link = try #require(linkCatalogue.link(named: name))
    #expect((0.6...1).contains(link.payloadShare))
    #expect(link.latency > .zero && link.latency <= Latency(microseconds: 1))
    #expect(link.overhead > .zero && link.overhead <= Latency(microseconds: 40))
    #expect(!link.source.isEmpty)
  }

  @Test func `every generation of the brief is there, and a later one is no slower`() throws {
    let families = [
      ["NVLink 1", "NVLink 2", "NVLink 3", "NVLink 4", "NVLink 5"],
      ["PCIe 3.0 x16", "PCIe 4.0 x16", "PCIe 5.0 x16", "PCIe 6.0 x16"],
      ["InfiniBand EDR", "InfiniBand HDR", "InfiniBand NDR", "InfiniBand XDR"],
      ["RoCE 100", "RoCE 200", "RoCE 400"], ["Ethernet 10", "Ethernet 25", "Ethernet 100"], ["NVLink-C2C"],
    ]
    for family in families {
      let links = try family.map { try #require(linkCatalogue.link(named: $0)) }
      for (older, newer) in zip(links, links.dropFirst()) {
        #expect(older.bandwidth < newer.bandwidth && older.achieved < newer.achieved)
        #expect(newer.latency + newer.overhead <= older.latency + older.overhead)
      }
    }
  }

  @Test func `no name means two links`() {
    let names = linkCatalogue.links.flatMap { [$0.name] + $0.aliases }.map {
      $0.lowercased().filter { $0.isLetter || $0.isNumber }
    }
    #expect(Set(names).count == names.count)
  }

  @Test func `names are found in any case, with and without spaces`() {
    for name in ["nvlink4", "NVLINK 4", "NVLink-4", "H100 NVLink"] {
      #expect(linkCatalogue.link(named: name)?.bandwidth == Bandwidth(450e9))
    }
    #expect(linkCatalogue.link(named: "ndr")?.name == "InfiniBand NDR")
    #expect(linkCatalogue.link(named: "NVLink 9") == nil)
  }

  @Test func `a file with several faults names them all, each with its line and link`() {
    let file = """
      links:
        - name: Rope
          kind: string
          bandwidth: 10
          achieved: 9 GB/s
          latency: 1
          overhead: soon
          source: invented
          colour: red
      """
    let error = #expect(throws: ClusterErrors.self) { try Link.read(yaml: file, file: "own.yaml") }
    let expected = [
      "own.yaml:9: Rope.colour is not a key here; known: ",
      "own.yaml:3: Rope.kind 'string' is none that is known; known: nvlink",
      "own.yaml:4: Rope.bandwidth '10' has no unit; write it like '900 GB/s'",
      "own.yaml:6: Rope.latency '1' has no unit; write it like '1.5 us'",
      "own.yaml:7: Rope.overhead 'soon' is not a time of at least zero; write it like '1.5 us'",
    ]
    let lines = (error?.errors ?? []).map(\.description)
    #expect(lines.count == expected.count)
    for (line, beginning) in zip(lines, expected) { #expect(line.hasPrefix(beginning)) }
  }

  @Test func `no link achieves more than its bandwidth`() {
    let file = """
      links:
        - {name: Rope, kind: roce, bandwidth: 1 GB/s, achieved: 2 GB/s, latency: 1 us, overhead: 1 us, source: invented}
      """
    let error = #expect(throws: ClusterErrors.self) { try Link.read(yaml: file, file: "own.yaml") }
    #expect(error?.description.contains("Rope.achieved '2.00 GB/s' is more than the bandwidth, 1.00 GB/s") == true)
  }
}
