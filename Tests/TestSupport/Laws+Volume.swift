import Collectives
import Execution
import Mesh
import Model
import Program
package import Quantities
import Training

extension Laws {
  /// Bytes that a data-parallel step must sum over its ranks: every gradient once, and the number of tokens, one fp64 value.
  package static func payload(_ run: TinyRun) -> ByteCount {
    ByteCount(run.model.parameterCount, of: run.precision.gradient) + ByteCount(1, of: .float64)
  }

  /// A ring moves 2·(N − 1)·K summed over its ranks, exactly, and 2·(N − 1)/N·K on each within a remainder of every call.
  ///
  /// - Source: Patarasuk & Yuan 2009, JPDC 69(2):117–124.
  package static func ringVolume(_ reports: [RankReport], payload: ByteCount) -> String? {
    let lines = reports.compactMap { report in
      report.ledger.communication.first {
        $0.key.scope == .data && $0.key.kind == .collective(.allReduce) && !$0.key.library
      }?.value
    }
    let ranks = reports.count
    if lines.count != ranks { return "\(ranks - lines.count) ranks sum nothing" }
    for (rank, line) in lines.enumerated() where line.payload != payload {
      return "rank \(rank) sums \(line.payload), not \(payload)"
    }
    let total = lines.reduce(0) { $0 + $1.sent.value }
    let expected = 2 * (ranks - 1) * payload.value
    if total != expected { return "\(total) bytes over all ranks, not \(expected)" }
    for (rank, line) in lines.enumerated() {
      // Shards of one call differ by at most one value; a rank leaves out two of them.
      let slack = 2 * line.calls * ScalarType.float64.size
      if abs(line.sent.value * ranks - expected) > slack * ranks {
        return "rank \(rank) sends \(line.sent), more than \(slack) bytes from its part of \(expected)"
      }
    }
    return nil
  }
}
