import Quantities

/// The GPUs that are known, in the order of their files: Fermi to Blackwell.
package struct GPUCatalogue: Sendable {
  package let gpus: [GPU]
  /// Each GPU's name and aliases.
  private let names: [[GPUName]]

  package init(_ gpus: [GPU]) {
    self.gpus = gpus
    names = gpus.map { ([$0.name] + $0.aliases).map { GPUName($0) } }
  }

  /// What is built in.
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

  private static var files: [(name: String, bytes: [UInt8])] {
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
  package func refuseSharedNames() throws(GPUError) {
    var owners: [GPUName: String] = [:]
    for (gpu, names) in zip(gpus, names) {
      for name in names {
        if let other = owners.updateValue(gpu.name, forKey: name) {
          throw GPUError("\(gpu.name): aliases: '\(name.text)' is a name of \(other) already")
        }
      }
    }
  }
}

extension GPUCatalogue {
  /// The GPU that a name means: its own or an alias, in any order and case; else the only one whose name has all of its words. What
  /// stands in parentheses may be a remark, as in `V100-SXM2 (DGX-1)`.
  ///
  /// - Errors: `GPUError` with the GPUs that it could be, or the nearest name.
  package func gpu(named text: String) throws(GPUError) -> GPU {
    let readings = [GPUName(text), GPUName(withoutRemarks: text)].filter { !$0.words.isEmpty }
    for reading in readings {
      if let index = names.firstIndex(where: { $0.contains(reading) }) { return gpus[index] }
    }
    for reading in readings {
      let found = gpus.indices.filter { names[$0].contains { reading.words.isSubset(of: $0.words) } }
      if found.count == 1 { return gpus[found[0]] }
      guard found.isEmpty else { throw ambiguous(text, found) }
    }
    throw unknown(text)
  }

  private func ambiguous(_ text: String, _ found: [Int]) -> GPUError {
    let shown = found.prefix(6).map { gpus[$0].name }.joined(separator: ", ")
    let rest = found.count > 6 ? " and \(found.count - 6) more" : ""
    return GPUError("'\(text)' could be any of \(shown)\(rest); write more of the name")
  }

  /// The nearest name is one that begins alike or shares a word: other makers' GPUs have similar numbers.
  private func unknown(_ text: String) -> GPUError {
    let wanted = GPUName(text)
    let candidates = names.joined().filter { name in
      name.text.first == wanted.text.first || !name.words.isDisjoint(with: wanted.words)
    }
    let near = suggestion(for: wanted.text, among: candidates.map(\.text))
    let index = near.flatMap { near in names.firstIndex { $0.contains { $0.text == near } } }
    let hint = index.map { "did you mean \(gpus[$0].name)?" } ?? "orrery gpus lists them"
    return GPUError("'\(text)' is no GPU of the catalogue; \(hint)")
  }
}
