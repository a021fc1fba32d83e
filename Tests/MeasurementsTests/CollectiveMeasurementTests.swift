import Cluster
import Measurements
import NetworkModel
import Quantities
import Testing

@Suite struct CollectiveMeasurementTests {
  private static let header =
    "id,gpu,n_gpus,n_nodes,intra_link,inter_link,nic_gbps_per_node,op,algo,size_bytes,time_us,library,quality\n"

  private func table(_ rows: String) throws -> CollectiveTable {
    try CollectiveTable(parsing: Self.header + rows + "\n", name: "t.csv", GPUCatalogue.builtIn())
  }

  @Test func `a row becomes a request on an interconnect`() throws {
    let row = "a,H100-SXM5-80GB,16,2,NVLink4 NVSwitch 450GB/s/dir,8x400Gb NDR IB,3200,all_reduce,Ring,1048576,80,NCCL,A"
    let sample = try #require(try table(row).samples.first)
    #expect(sample.request.kind == .allReduce && sample.request.ranksPerNode == 8 && sample.request.nodes == 2)
    #expect(sample.interconnect.link.bandwidth.bytesPerSecond == 450e9)
    #expect(sample.interconnect.network?.family == .infiniband)
    #expect(sample.interconnect.network?.bandwidth.bytesPerSecond == 400e9)
    #expect(sample.algorithm == .ring && !sample.isLarge)
  }

  @Test(arguments: [
    ("a,H100-SXM5-80GB,8,1,NVLink4,,,p2p_copy,,1024,80,NCCL,A", "no collective"),
    ("a,H100-SXM5-80GB,8,1,NVLink4,,,all_reduce,,1024,0,NCCL,A", "not a time"),
    ("a,H100-SXM5-80GB,1,1,NVLink4,,,all_reduce,,1024,9,NCCL,A", "one rank"),
    ("a,H100-SXM5-80GB,9,2,NVLink4,IB,400,all_reduce,,1024,9,NCCL,A", "is not n_nodes"),
    ("a,H100-SXM5-80GB,16,2,NVLink4,IB,,all_reduce,,1024,9,NCCL,A", "not stated"),
    ("a,H100-SXM5-80GB,8,1,string,,,all_reduce,,1024,9,NCCL,A", "names no"),
    ("a,H100-SXM5-80GB,8,1,NVLink4,,,all_reduce,,1024,9,Gloo,A", "only NCCL"),
    ("a,H100-SXM5-80GB,8,1,NVLink4,,,all_reduce,,1024,9,torch NCCL,B", "PyTorch's host"),
    ("a,H100-SXM5-80GB,8,1,NVLink4,,,all_reduce,,1024,9,NCCL,C", "in doubt"),
  ])
  func `a row that is not modelled is refused with the reason`(row: String, reason: String) throws {
    let refusals = try table(row).refusals
    #expect(refusals.count == 1 && refusals[0].id == "a")
    #expect(refusals[0].reason.contains(reason), "\(refusals[0].reason)")
  }

  private func row(_ gpu: String, inClass gpuClass: String, link: String = "NVLink4") throws -> CollectiveTable {
    let header = "gpu_class," + Self.header
    let row = "\(gpuClass),a,\(gpu),8,1,\(link),,,all_reduce,,1048576,80,NCCL,A\n"
    return try CollectiveTable(parsing: header + row, name: "t.csv", GPUCatalogue.builtIn())
  }

  @Test(arguments: ["H9000", "H900", "MI300X 192GB", "XH100", "H100X", "A100000"])
  func `a GPU that is not its class's is refused by name`(gpu: String) throws {
    let table = try row(gpu, inClass: "H100-80")
    #expect(table.samples.isEmpty)
    #expect(table.refusals.first?.reason.contains("'\(gpu)'") == true)
  }

  @Test(arguments: ["H100-SXM5-80GB", "NVIDIA H100 80GB HBM3", "H100 PCIe", "H100-SXM5-80GB (p5.48xlarge)", ""])
  func `spellings of one GPU are one machine`(gpu: String) throws {
    #expect(try row(gpu, inClass: "H100-80").samples.map(\.machine) == ["H100-80 nvlink4, 1 × 8"])
  }

  @Test func `another known GPU is no machine of the class, and an unknown one of no class is its own`() throws {
    #expect(try row("H200", inClass: "H100-80").samples.first?.gpuName == "H200")
    #expect(try row("H9000", inClass: "").samples.first?.gpuName == "H9000")
    #expect(try row("H9000", inClass: "H9000 cards").samples.first?.gpuName == "H9000 cards")
  }

  @Test func `a fit finds the bandwidth that made its rows`() throws {
    var truth = try NetworkConstants.builtIn()
    truth.links["nvlink3"]!["all_reduce"]!["share"] = 0.6
    let model = try CollectiveModel(Interconnect(NodeLink(.nvlink3)), truth)
    let rows = try (24...33).map { power in
      let request = CollectiveRequest(.allReduce, .init(1 << power), ranksPerNode: 8)
      let time = try model.time(of: request).seconds * 1e6
      return "r\(power),A100-SXM4-80GB,8,1,NVLink3 300GB/s/dir,,,all_reduce,,\(1 << power),\(time),NCCL,A"
    }
    let fit = CollectiveFit(start: try NetworkConstants.builtIn(), try table(rows.joined(separator: "\n")).samples)
    let found = try #require(try fit.fitted().links["nvlink3"]?["all_reduce"]?["share"])
    #expect(abs(found / 0.6 - 1) < 0.05)
  }
}
