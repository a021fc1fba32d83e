/// The built-in GPUs by name, each parsed when it is asked for: a command that needs one GPU does not read sixty.
struct BuiltInGPUs: GPUSource {
  private let entries: [(file: String, texts: EntryTexts, index: Int)]
  private let names: GPUNameIndex

  init() {
    entries = GPUCatalogue.files.flatMap { file in
      let texts = EntryTexts(file.bytes)
      return texts.indices.map { (file.name, texts, $0) }
    }
    names = GPUNameIndex(entries.map { [$0.texts.name($0.index)] + $0.texts.list("aliases", $0.index) })
  }

  /// - Errors: those of `GPUCatalogue.gpu(named:)`, in the same words.
  func gpu(named text: String) throws(GPUError) -> GPU {
    let (file, texts, index) = entries[try names.index(of: text)]
    var limits: [ComputeCapability: MultiprocessorLimits] = [:]
    if let capability = texts.value("compute_capability", index).flatMap({ ComputeCapability($0) }) {
      limits[capability] = try MultiprocessorLimits.builtIn(capability)
    }
    return try GPU.read(yaml: texts.yaml(index), file: file, limits: limits)[0]
  }
}

extension GPU {
  /// A GPU of the built-in catalogue by its name or an alias, without reading the others: what
  /// `GPUCatalogue.builtIn().gpu(named:)` gives.
  ///
  /// - Errors: `GPUError` with the GPUs that it could be, or the nearest name.
  package static func builtIn(named text: String) throws(GPUError) -> GPU { try BuiltInGPUs().gpu(named: text) }
}
