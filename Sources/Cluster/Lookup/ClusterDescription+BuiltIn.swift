extension ClusterDescription {
  /// A built-in cluster by its name or an alias, in the size that its file says; it parses this file, its GPU and its links only.
  ///
  /// - Errors: a name that means none, with the nearest one.
  package static func builtIn(named text: String) throws(ClusterNameError) -> ClusterDescription {
    sound(try ClusterCatalogue.name(for: text))
  }

  /// HGX H100 machines of eight GPUs, as many as so many ranks need: what is assumed where no cluster is named.
  ///
  /// - Errors: a number of GPUs that is none.
  package static func hgxH100(gpus: Int) throws(ClusterError) -> ClusterDescription {
    try sound("hgx-h100").holding(gpus: gpus)
  }

  private static func sound(_ name: String) -> ClusterDescription {
    do { return try ClusterReference.builtIn(name).read() } catch {
      preconditionFailure("a built-in cluster breaks a rule: \(error)")
    }
  }
}
