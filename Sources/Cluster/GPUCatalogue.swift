import Foundation
import Yams

/// The GPUs that are known, in the order of their files: Fermi to Blackwell.
package struct GPUCatalogue: Sendable {
  package private(set) var gpus: [GPU]

  package init(_ gpus: [GPU]) { self.gpus = gpus }

  /// What is built in.
  ///
  /// - Errors: a data file that breaks its own rules, with file, GPU and key. Tests hold that none does.
  package static func builtIn() throws(GPUError) -> GPUCatalogue {
    let files: [(name: String, bytes: [UInt8])] = [
      ("fermi", PackageResources.fermi_yaml), ("kepler", PackageResources.kepler_yaml),
      ("maxwell", PackageResources.maxwell_yaml), ("pascal", PackageResources.pascal_yaml),
      ("volta", PackageResources.volta_yaml), ("turing", PackageResources.turing_yaml),
      ("ampere", PackageResources.ampere_yaml), ("ampere-ga10x", PackageResources.ampere_ga10x_yaml),
      ("ada", PackageResources.ada_yaml), ("hopper", PackageResources.hopper_yaml),
      ("blackwell", PackageResources.blackwell_yaml), ("blackwell-gb20x", PackageResources.blackwell_gb20x_yaml),
    ]
    let limits = try MultiprocessorLimits.builtIn()
    var gpus: [GPU] = []
    for file in files {
      gpus += try GPU.read(
        yaml: String(decoding: file.bytes, as: UTF8.self), file: "\(file.name).yaml", limits: limits)
    }
    return GPUCatalogue(gpus)
  }

  /// The GPU that a name means: its own or an alias, without regard to case, hyphens, and words such as NVIDIA or Tesla; else the
  /// first whose words contain all of the name's.
  ///
  /// - Errors: `GPUError` with the nearest names.
  package func gpu(named text: String) throws(GPUError) -> GPU {
    let wanted = words(text)
    let whole = wanted.joined(separator: " ")
    if let exact = gpus.first(where: { $0.names.contains { words($0).joined(separator: " ") == whole } }) { return exact }
    let near = gpus.filter { gpu in !wanted.isEmpty && Set(wanted).isSubset(of: gpu.names.flatMap(words)) }
    if let first = near.first { return first }
    let hint = suggestion(for: text, among: gpus.flatMap(\.names)).map { "; did you mean \($0)?" }
    throw GPUError("'\(text)' is no GPU of the catalogue\(hint ?? "; orrery gpus lists them")")
  }
}

extension GPU {
  fileprivate var names: [String] { [name] + aliases }
}

/// Lower-case words and numbers of a GPU's name, without the maker's and without what stands in parentheses.
private func words(_ text: String) -> [String] {
  let text = text.replacing(#/\([^)]*\)/#, with: "").lowercased()
  let parts = text.split { !($0.isLetter || $0.isNumber || $0 == ".") }.map(String.init)
  return parts.filter { !["nvidia", "tesla", "geforce", "quadro", "gpu", "graphics"].contains($0) }
}
