/// The GPUs that are known, in the order of their files: Fermi to Blackwell.
package struct GPUCatalogue: GPUSource, Sendable {
  package let gpus: [GPU]
  private let names: GPUNameIndex

  package init(_ gpus: [GPU]) {
    self.gpus = gpus
    names = GPUNameIndex(gpus.map { [$0.name] + $0.aliases })
  }

  /// What is built in, all of it; `GPU.builtIn(named:)` reads one.
  ///
  /// - Errors: a data file that breaks its own rules, with file, GPU and key. Tests hold that none does.
  package static func builtIn() throws(GPUError) -> GPUCatalogue {
    let limits = try MultiprocessorLimits.builtIn()
    var gpus: [GPU] = []
    for file in files {
      gpus += try GPU.read(yaml: String(decoding: file.bytes, as: UTF8.self), file: file.name, limits: limits)
    }
    let catalogue = GPUCatalogue(gpus)
    try catalogue.refuseSharedNames()
    return catalogue
  }

  static var files: [(name: String, bytes: [UInt8])] {
    [
      ("fermi.yaml", PackageResources.fermi_yaml), ("kepler.yaml", PackageResources.kepler_yaml),
      ("maxwell.yaml", PackageResources.maxwell_yaml), ("pascal.yaml", PackageResources.pascal_yaml),
      ("volta.yaml", PackageResources.volta_yaml), ("turing.yaml", PackageResources.turing_yaml),
      ("ampere.yaml", PackageResources.ampere_yaml), ("ampere-ga10x.yaml", PackageResources.ampere_ga10x_yaml),
      ("ada.yaml", PackageResources.ada_yaml), ("hopper.yaml", PackageResources.hopper_yaml),
      ("blackwell.yaml", PackageResources.blackwell_yaml),
      ("blackwell-gb20x.yaml", PackageResources.blackwell_gb20x_yaml),
    ]
  }

  /// - Errors: a name that means two GPUs, or that one GPU has twice.
  package func refuseSharedNames() throws(GPUError) { try names.refuseSharedNames() }

  /// The GPU that a name means: its own or an alias, in any order and case; else the only one whose name has all of its words. What
  /// stands in parentheses may be a remark, as in `V100-SXM2 (DGX-1)`.
  ///
  /// - Errors: `GPUError` with the GPUs that it could be, or the nearest name.
  package func gpu(named text: String) throws(GPUError) -> GPU { gpus[try names.index(of: text)] }
}
