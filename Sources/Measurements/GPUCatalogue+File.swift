package import Cluster

extension GPUCatalogue {
  /// These GPUs and those of a user's file.
  ///
  /// - Errors: a file that cannot be read, or that breaks a rule of the catalogue.
  package func adding(file: String) throws -> GPUCatalogue {
    let own = try GPU.read(yaml: TextFile(file).read(), file: file, limits: MultiprocessorLimits.builtIn())
    let all = GPUCatalogue(gpus + own)
    try all.refuseSharedNames()
    return all
  }
}
