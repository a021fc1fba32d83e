package import Cluster
import Foundation

/// Tables that write a GPU's name as the source does, and beside it the class that they put it in.
extension GPUCatalogue {
  /// The GPU that a source means: by the source's own name for it, else by its class where the name is a spelling of that class's
  /// GPU, such as `H100 SXM5 80GB HBM3 Rev. A` in class `H100-80`. A class alone does for a row without a name.
  ///
  /// - Errors: `GPUError` that names the GPU: another one than the class's, however alike, has other times.
  package func gpu(named name: String, inClass gpuClass: String) throws(GPUError) -> GPU {
    if name.isEmpty { return try gpu(named: gpuClass) }
    let unknown: GPUError
    do { return try gpu(named: name) } catch { unknown = error }
    guard !gpuClass.isEmpty, let usual = try? gpu(named: gpuClass) else { throw unknown }
    guard usual.isSpelled(name) else {
      throw GPUError("'\(name)' is no GPU of the catalogue, and no spelling of \(usual.name), its class's GPU")
    }
    return usual
  }
}

extension GPU {
  /// Whether a text names this GPU's model and no other memory, form or variant.
  fileprivate func isSpelled(_ text: String) -> Bool {
    let remarks = /\([^)]*\)/
    let said = GPUName(text.replacing(remarks, with: " ")).words
    let own = ([name] + aliases).reduce(into: Set<String>()) { $0.formUnion(GPUName($1).words) }
    return model.isSubset(of: said) && said.filter(\.tellsApart).isSubset(of: own)
  }

  /// The words of the name that other memory or another form would leave as they are: `h100`, `gtx 1080 ti`.
  var model: Set<String> { GPUName(name).words.filter { !$0.tellsApart || Self.variants.contains($0) } }

  fileprivate static let variants: Set<String> = ["ti", "super", "laptop", "mobile", "max", "ultra", "d", "ada", "pro"]
  fileprivate static let forms: Set<String> = ["sxm", "pcie", "nvl"]
}

extension String {
  /// Whether a word of a GPU's name says which of its model's boards it is: memory, form, variant.
  fileprivate var tellsApart: Bool {
    GPU.forms.contains(self) || GPU.variants.contains(self) || wholeMatch(of: /\d+gb/) != nil
  }
}
