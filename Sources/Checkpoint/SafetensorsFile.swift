package import Foundation
import Quantities

/// A safetensors file, validated as a whole and paged in as its tensors are touched.
package struct SafetensorsFile: Sendable {
  package let url: URL
  /// The tensors in the order of their bytes.
  package let tensors: [TensorEntry]
  /// The header's `__metadata__`; empty if there is none.
  package let metadata: [String: String]
  private let contents: Data
  private let dataStart: Int
  private let places: [String: Int]

  /// - Errors: a file that cannot be read, or whose header breaks any rule of the format.
  package init(_ url: URL) throws(CheckpointError) {
    let contents = try map(url)
    let dataStart = try Self.headerEnd(contents, file: url)
    let header = try SafetensorsHeader.parse(contents[8..<dataStart], file: url)
    tensors = try header.layout(dataBytes: contents.count - dataStart, file: url)
    metadata = header.metadata
    places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
    (self.url, self.contents, self.dataStart) = (url, contents, dataStart)
  }

  /// What the file says of one tensor.
  package func entry(_ name: String) throws(CheckpointError) -> TensorEntry {
    guard let place = places[name] else { throw CheckpointError(url, noTensor: name, among: places.keys) }
    return tensors[place]
  }

  /// One tensor's bytes, little-endian: a slice of the mapped file, not a copy.
  ///
  /// The slice keeps the file's indices, and its address need not be aligned: begin at `startIndex`, load unaligned.
  package func bytes(of name: String) throws(CheckpointError) -> Data {
    let range = try entry(name).range
    return contents[dataStart + range.lowerBound..<dataStart + range.upperBound]
  }

  /// Where the header ends and tensors begin.
  private static func headerEnd(_ contents: Data, file: URL) throws(CheckpointError) -> Int {
    guard contents.count >= 8 else {
      throw CheckpointError(file, "is \(contents.count) B long, too short for a safetensors header")
    }
    let length = contents.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= longestHeader else {
      throw CheckpointError(
        file, "claims a header of \(length) B, more than the format's limit of \(grouped(Int(longestHeader)))",
        hint: "It is probably not a safetensors file.")
    }
    guard Int(length) <= contents.count - 8 else {
      throw CheckpointError(
        file, "ends inside its header of \(length) B", hint: "The file was cut short; copy or download it again.")
    }
    return 8 + Int(length)
  }

  /// The format's own limit, in bytes.
  private static let longestHeader: UInt64 = 100_000_000
}

extension CheckpointError {
  /// A name that is not there, with the nearest one that is.
  init(_ file: URL, noTensor name: String, among names: some Sequence<String>) {
    let hint = suggestion(for: name, among: names).map { "Did you mean '\($0)'?" }
    self.init(file, "has no tensor '\(name)'", hint: hint)
  }
}
