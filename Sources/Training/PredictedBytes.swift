import Execution
import Mesh
import Program
package import Quantities

/// Bytes that a rank holds and sends in a step, found on shapes alone before anything ran.
package struct PredictedBytes: Hashable, Sendable, Codable {
  package var peakMemory, perStep: ByteCount
  /// As `RunTotals` has them.
  package var memoryByCategory, byRoute: [String: ByteCount]

  package init(
    peakMemory: ByteCount, perStep: ByteCount, memoryByCategory: [String: ByteCount], byRoute: [String: ByteCount]
  ) {
    (self.peakMemory, self.perStep) = (peakMemory, perStep)
    (self.memoryByCategory, self.byRoute) = (memoryByCategory, byRoute)
  }
}

extension PredictedBytes {
  init(_ ledger: Ledger) {
    self.init(
      peakMemory: ledger.peakTotal, perStep: ledger.sentBytes, memoryByCategory: ledger.heldByName,
      byRoute: ledger.sentByName)
  }
}

extension Ledger {
  /// By category, at the moment of the peak.
  var heldByName: [String: ByteCount] {
    Dictionary(uniqueKeysWithValues: atPeak.map { ($0.key.rawValue, $0.value) })
  }

  /// By axis and collective, as `dp all-reduce`.
  var sentByName: [String: ByteCount] {
    Dictionary(
      communication.map { ("\($0.key.scope.rawValue) \($0.key.kind.name)", $0.value.sent) }, uniquingKeysWith: +)
  }
}
