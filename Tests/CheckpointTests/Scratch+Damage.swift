import Checkpoint
import Foundation
import Testing

/// Flips one bit of a file.
func flip(_ url: URL, byte: Int = 0, bit: Int = 0) throws {
  var bytes = try Data(contentsOf: url)
  bytes[byte] ^= 1 << UInt8(bit)
  try bytes.write(to: url)
}

/// A manifest by another hand: open JSON, closed as the format demands with the checksum of what stands before.
func sealed(_ open: String, in scratch: URL) throws -> Data {
  let probe = scratch.appending(path: "probe")
  defer { try? FileManager.default.removeItem(at: probe) }
  var file = try OutputFile(at: probe)
  try file.write(Data(open.utf8))
  let digest = try file.finish().sha256
  return Data("\(open),\n  \"manifest_sha256\" : \"\(digest)\"\n}\n".utf8)
}

/// The error that an operation must end with.
func failure(
  at location: SourceLocation = #_sourceLocation, _ operation: () throws -> Void
) throws -> CheckpointError {
  try #require(
    #expect(throws: CheckpointError.self, sourceLocation: location) { try operation() }, sourceLocation: location)
}
