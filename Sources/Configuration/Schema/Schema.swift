internal import Quantities

/// All keys of a run: what decoding, suggestions and the printed reference share.
package enum Schema {
  /// The keys under the titles of the reference.
  package static let sections: [(title: String, keys: [KeyDescription])] = [
    ("Model", Keys.modelSection), ("Data", Keys.dataSection), ("Layout", Keys.parallelismSection),
    ("Pipeline", Keys.pipelineSection), ("ZeRO", Keys.zeroSection), ("Recomputation", Keys.recomputationSection),
    ("Precision", Keys.precisionSection), ("Training", Keys.trainingSection), ("Optimizer", Keys.optimizerSection),
    ("Learning rate", Keys.schedulerSection), ("Communication", Keys.communicationSection),
    ("Checkpoints", Keys.checkpointSection), ("Evaluation", Keys.evaluationSection),
    ("Metrics", Keys.metricsSection), ("Sample at the end", Keys.generationSection),
    ("Simulation: training reads none of this", Keys.simulationSection),
  ]

  package static let keys: [KeyDescription] = sections.flatMap(\.keys)

  /// The key that a spelling means: its name, or one of its aliases.
  package static func key(spelled: String) -> KeyDescription? { spellings[spelled] }

  /// Whether some key lies below this dotted path.
  static func isSection(_ path: String) -> Bool { sectionPaths.contains(path) }

  private static let spellings = Dictionary(
    uniqueKeysWithValues: keys.flatMap { key in ([key.name] + key.aliases).map { ($0, key) } })

  private static let sectionPaths = Set(
    spellings.keys.flatMap { spelling in
      let parts = spelling.split(separator: ".")
      return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
    })
}

extension Schema {
  /// What to do instead of a key that other trainers, or older files, have.
  static let replacements = [
    "communication.reduce_bucket_size": "remove it: the gradients of a layer are one bucket",
    "reduce_bucket_size": "remove it: the gradients of a layer are one bucket",
    "zero_optimization.reduce_bucket_size": "remove it: the gradients of a layer are one bucket",
    "zero_optimization.allgather_bucket_size": "remove it: the parameters of a layer are one bucket",
    "parallelism.data_parallel_replicate_degree":
      "set parallelism.dp to all data-parallel ranks, and parallelism.dp_shard to those of one set of shards",
    "fp16.enabled": "write 'precision: fp16'", "bf16.enabled": "write 'precision: bf16'",
    "bf16": "write 'precision: bf16'",
  ]

  /// The key that was probably meant: of the same section, else one that has the same last word elsewhere, else a near one.
  static func meant(by typed: String) -> String? {
    let (section, word) = split(typed)
    let names = Set(spellings.keys).union(sectionPaths)
    let siblings = names.filter { split($0).section == section }.map { split($0).word }
    if let sibling = suggestion(for: word, among: siblings) {
      return canonical(section.isEmpty ? sibling : "\(section).\(sibling)")
    }
    if let elsewhere = keys.map(\.name).first(where: { split($0).word == word }) { return elsewhere }
    // Two letters are near to everything.
    guard word.count > 2, let near = suggestion(for: word, among: keys.map { split($0.name).word }) else { return nil }
    return keys.map(\.name).first { split($0).word == near }
  }

  private static func canonical(_ name: String) -> String {
    isSection(name) ? name : spellings[name]?.name ?? name
  }

  private static func split(_ path: String) -> (section: String, word: String) {
    guard let dot = path.lastIndex(of: ".") else { return ("", path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }
}
