import Foundation
package import Quantities

/// A point on a stream that another stream can wait for.
package struct Event: Hashable, Sendable, Codable {
  package var index: Int
  package init(index: Int) { self.index = index }
}

/// What one rank did in one step, in issue order: volumes and dependencies, never seconds.
package struct Trace: Hashable, Sendable {
  package enum Node: Hashable, Sendable, Codable {
    case allocate(ByteCount, MemoryCategory)
    case free(ByteCount, MemoryCategory)
    case operation(Operation, Stream)
    case transfer(Transfer, Stream)
    /// A message is handed over, and later known to have left or arrived.
    case post(Message, Stream)
    case complete(Message, Stream)
    case record(Event, Stream)
    case wait(Event, Stream)
    /// The step enters a phase: forward, backward, gradient reduction, optimizer.
    case phase(String)
    /// What follows belongs to this micro-batch's way through a stage; to none from nil on.
    case passage(Passage?)
  }

  package var nodes: [Node] = []

  package init() {}

  /// A stable 64-bit fingerprint (FNV-1a over the text form): equal on every machine for equal traces.
  package var digest: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}

extension Trace {
  package static let formatLine = "orrery-trace 3"

  /// One JSON object a line, a line for each node; the first line names the format and its version.
  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Encoding cannot fail: nodes hold integers, words and finite numbers.
    let lines = nodes.map { String(decoding: try! encoder.encode($0), as: UTF8.self) }
    return ([Trace.formatLine] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads the text form.
  ///
  /// - Errors: `TraceError` with the line that is none of ours.
  package init(parsing text: String) throws(TraceError) {
    let lines = text.split(separator: "\n")
    guard lines.first.map(String.init) == Trace.formatLine else {
      throw TraceError(line: 1, reason: "does not begin with '\(Trace.formatLine)'")
    }
    let decoder = JSONDecoder()
    for (index, line) in lines.enumerated().dropFirst() {
      do { nodes.append(try decoder.decode(Node.self, from: Data(line.utf8))) } catch {
        throw TraceError(line: index + 1, reason: "is no trace node: \(error)")
      }
    }
  }
}

package struct TraceError: Error, CustomStringConvertible {
  package var line: Int
  package var reason: String

  package var description: String { "trace, line \(line): \(reason)" }
}
