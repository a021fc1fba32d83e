import Foundation

/// Which cluster is meant: one that is built in, or a file of the user's.
package enum ClusterReference: Hashable, Sendable {
  /// By its own name, not an alias.
  case builtIn(String)
  /// By its path, relative to the current directory.
  case file(String)

  /// A text with a slash, or that ends in .yaml or .yml, is a path; anything else is a name.
  ///
  /// - Errors: a name that means none, with the nearest one. That a file is there is known when it is read.
  package init(parsing text: String) throws(ClusterNameError) {
    if text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
      self = .file(text)
    } else {
      self = .builtIn(try ClusterCatalogue.name(for: text))
    }
  }

  /// The cluster, in the size that its file says.
  ///
  /// - Errors: a file that cannot be read; all that is wrong in it, each with line, key, value, reason and a way out.
  package func read() throws(ClusterErrors) -> ClusterDescription {
    switch self {
    case .builtIn(let name): try .read(yaml: ClusterCatalogue.yaml(of: name), file: "\(name).yaml")
    case .file(let path): try .read(yaml: fileText(path), file: path)
    }
  }
}

private func fileText(_ path: String) throws(ClusterErrors) -> String {
  let data: Data
  do { data = try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data() } catch {
    let isMissing = !FileManager.default.fileExists(atPath: path)
    let hint =
      isMissing
      ? "built in are \(ClusterCatalogue.names.joined(separator: ", "))" : "check the path and its permissions"
    throw ClusterErrors([
      ClusterError(file: path, reason: isMissing ? "there is no such file" : "cannot be read as a file", hint: hint)
    ])
  }
  guard let text = String(validating: data, as: UTF8.self) else {
    throw ClusterErrors([ClusterError(file: path, reason: "is not UTF-8 text", hint: "save it as UTF-8")])
  }
  return text
}
