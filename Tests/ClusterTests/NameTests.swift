import Cluster
import Testing

@Suite struct NameTests {
  /// As drivers, frameworks, papers and people write them.
  @Test(arguments: [
    ("A100", "A100 SXM4 80GB"), ("NVIDIA A100-SXM4-40GB", "A100 SXM4 40GB"), ("A100-PCIe-40GB", "A100 PCIe 40GB"),
    ("NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"), ("NVIDIA A100-PCIE-40GB", "A100 PCIe 40GB"),
    ("A100-SXM-80GB", "A100 SXM4 80GB"), ("A100-SXM4-80GB (A800 elsewhere)", "A100 SXM4 80GB"),
    ("A100-SXM4-40GB (DGX-A100)", "A100 SXM4 40GB"), ("a100 80 gb", "A100 SXM4 80GB"), ("A100-40", "A100 SXM4 40GB"),
    ("A100-80GB-PCIe (pairwise NVLink bridge)", "A100 PCIe 80GB"), ("A100 80G SXM", "A100 SXM4 80GB"),
    ("A800-80GB", "A800 SXM4 80GB"), ("h100", "H100 SXM5 80GB"), ("H100-SXM5-80GB", "H100 SXM5 80GB"),
    ("NVIDIA H100 80GB HBM3", "H100 SXM5 80GB"), ("NVIDIA H100 PCIe", "H100 PCIe 80GB"),
    ("NVIDIA H100 NVL", "H100 NVL 94GB"), ("H100-80GB (NC H100, pairwise NVLink)", "H100 SXM5 80GB"),
    ("H100-SXM-96GB HBM2e 2.4TB/s 500W", "H100 SXM5 96GB HBM2e"), ("NVIDIA H800", "H800 SXM5"),
    ("H200-SXM-141GB", "H200 SXM5 141GB"), ("NVIDIA H200", "H200 SXM5 141GB"), ("NVIDIA H20", "H20"),
    ("NVIDIA GH200 480GB", "GH200 96GB"), ("NVIDIA GH200 SXM", "GH200 96GB"), ("B200-SXM-180GB", "B200 SXM 180GB"),
    ("NVIDIA B200", "B200 SXM 180GB"), ("GB200 SXM", "GB200"), ("NVIDIA B300 SXM6 AC", "B300 SXM"),
    ("V100-SXM2 (DGX-1)", "Tesla V100 SXM2 16GB"), ("V100-SXM3-32GB (DGX-2)", "Tesla V100 SXM2 32GB"),
    ("Tesla V100-PCIE-32GB", "Tesla V100 PCIe 32GB"), ("V100", "Tesla V100 SXM2 16GB"),
    ("v100-32gb", "Tesla V100 SXM2 32GB"), ("V100-SXM2-16", "Tesla V100 SXM2 16GB"),
    ("P100-PCIe-16GB", "Tesla P100 PCIe 16GB"), ("Tesla P40", "Tesla P40"), ("T4", "Tesla T4"),
    ("TitanX-Maxwell", "GeForce GTX TITAN X"), ("TitanX-Pascal", "TITAN X (Pascal)"), ("TitanXp", "TITAN Xp"),
    ("GTX-1080Ti", "GeForce GTX 1080 Ti"), ("1080 Ti", "GeForce GTX 1080 Ti"), ("2080ti", "GeForce RTX 2080 Ti"),
    ("4090", "GeForce RTX 4090"), ("RTX4090", "GeForce RTX 4090"), ("NVIDIA GeForce RTX 3090", "GeForce RTX 3090"),
    ("rtx_5090", "GeForce RTX 5090"), ("RTX-PRO-6000", "RTX PRO 6000 Blackwell Server"),
    ("RTXPRO6000", "RTX PRO 6000 Blackwell Server"),
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000 Blackwell Server"),
    ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"), ("Quadro RTX 6000", "Quadro RTX 6000"), ("L40", "L40"),
    ("NVIDIA L40S", "L40S"), ("GTX 480", "GeForce GTX 480"), ("Tesla K80", "Tesla K80"),
  ])
  func `names resolve as people write them`(_ text: String, name: String) throws {
    #expect(try catalogue.gpu(named: text).name == name)
  }

  @Test(arguments: catalogue.gpus)
  func `every name and alias resolves to its own GPU, in any order and case`(_ gpu: GPU) throws {
    for name in [gpu.name] + gpu.aliases {
      #expect(try catalogue.gpu(named: name) == gpu)
      #expect(try catalogue.gpu(named: "NVIDIA \(name.uppercased())") == gpu)
      let backwards = name.split { " -".contains($0) }.reversed().joined(separator: "_")
      #expect(try catalogue.gpu(named: backwards) == gpu)
    }
  }

  @Test(arguments: [
    ("A1000", "'A1000' is no GPU of the catalogue; did you mean A100 SXM4 80GB?"),
    ("RTX 4091", "'RTX 4091' is no GPU of the catalogue; did you mean GeForce RTX 4090?"),
    ("GTX 3090", "'GTX 3090' is no GPU of the catalogue; did you mean GeForce RTX 3090?"),
    ("MI300X", "'MI300X' is no GPU of the catalogue; orrery gpus lists them"),
    ("NVIDIA", "'NVIDIA' is no GPU of the catalogue; orrery gpus lists them"),
    ("", "'' is no GPU of the catalogue; orrery gpus lists them"),
    ("TITAN X", "'TITAN X' could be any of GeForce GTX TITAN X, TITAN X (Pascal); write more of the name"),
    (
      "RTX",
      "'RTX' could be any of GeForce RTX 2080 Ti, Quadro RTX 4000, Quadro RTX 5000, Quadro RTX 6000, Quadro RTX 8000, "
        + "GeForce RTX 3090 and 9 more; write more of the name"
    ),
  ])
  func `what names no GPU, or several, is refused with the way on`(_ text: String, reason: String) {
    let error = #expect(throws: GPUError.self) { try catalogue.gpu(named: text) }
    #expect(error?.description == reason)
  }

  @Test func `a mobile part is not its desktop namesake`() {
    #expect(throws: GPUError.self) { try catalogue.gpu(named: "NVIDIA GeForce RTX 4090 Laptop GPU") }
  }
}
