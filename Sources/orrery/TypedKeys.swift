import Configuration

/// The keys that a command line sets, by their own names whatever their spelling.
struct TypedKeys {
  /// By key: the setting as typed. A section as a whole has its own path.
  private let settings: [String: String]

  init(_ overrides: [String]) {
    let pairs = overrides.compactMap { text in
      text.split(separator: "=").first.map { (Schema.key(spelled: String($0))?.name ?? String($0), text) }
    }
    settings = Dictionary(pairs) { first, _ in first }
  }

  var names: Set<String> { Set(settings.keys) }

  /// The first setting, in the order of keys, of a key or of a section.
  func setting(of path: String) -> String? {
    let keys = names.filter { $0 == path || $0.hasPrefix("\(path).") }
    return keys.min().flatMap { settings[$0] }
  }

  /// What is said of a cluster, or of a step on it, in a run's file is not about one GPU; typed here, it was meant to have an effect.
  ///
  /// - Parameters: a command that takes one GPU, and what that does.
  func refuseSimulation(by command: String, doing verb: String) throws {
    guard let setting = setting(of: "cluster") ?? setting(of: "simulation") else { return }
    throw Failure(
      code: .usage,
      text: "override \(setting): has no effect on \(command), which has one GPU to itself; leave it out, "
        + "and say with --gpu, --lowering and --attention what \(verb)"
    ).error
  }
}
