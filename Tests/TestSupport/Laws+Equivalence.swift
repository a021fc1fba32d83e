package import Execution
import Foundation
import Program
import Quantities
import Training

/// How far two runs that should compute the same are apart: the worst over all steps, ranks and parameters, relative.
package struct Distance: Sendable {
  package var loss = 0.0
  package var norm = 0.0
  /// ‖Δ‖ / max(‖p‖, √n·Σ lr) of the worst parameter: a parameter that should have stayed near zero is judged by how far its
  /// steps could have carried it.
  package var parameter = 0.0
  package var worstParameter = ""

  /// - Parameter exempt: values of named parameters that are not judged.
  package init(_ reports: [RankReport], from reference: RankReport, exempt: [String: Range<Int>] = [:]) {
    for report in reports {
      for (own, other) in zip(report.results, reference.results) {
        loss = max(loss, Distance.relative(own.loss!, other.loss!))
        norm = max(norm, Distance.relative(own.gradientNorm!, other.gradientNorm!))
      }
    }
    let travelled = reference.results.reduce(0) { $0 + $1.learningRate }
    for (name, values) in reports[0].parameters {
      let other = reference.parameters[name]!
      let judged = values.indices.filter { exempt[name]?.contains($0) != true }
      let difference = sqrt(judged.reduce(0) { $0 + (values[$1] - other[$1]) * (values[$1] - other[$1]) })
      let size = sqrt(judged.reduce(0) { $0 + other[$1] * other[$1] })
      let distance = Distance.finite(difference / max(size, sqrt(Double(judged.count)) * travelled))
      if distance >= parameter { (parameter, worstParameter) = (distance, name) }
    }
  }

  private static func relative(_ own: Double, _ other: Double) -> Double {
    own == other ? 0 : finite(abs(own - other) / abs(other))
  }

  /// A NaN compares with nothing, so it must not pass for near.
  private static func finite(_ value: Double) -> Double { value.isNaN ? .infinity : value }
}

/// How near is near enough.
package struct Tolerance: Sendable {
  package var loss, norm, parameter: Double

  package init(loss: Double, norm: Double, parameter: Double) {
    (self.loss, self.norm, self.parameter) = (loss, norm, parameter)
  }

  /// House plan §5.1.
  package static let double = Tolerance(loss: 1e-10, norm: 1e-9, parameter: 1e-10)
}

extension Laws {
  /// A layout computes what one process computes: losses and gradient norms of every step on every rank, and all parameters.
  package static func equivalent(
    _ reports: [RankReport], to reference: RankReport, within tolerance: Tolerance, exempt: [String: Range<Int>] = [:]
  ) -> String? {
    let steps = reference.results.count
    if let rank = reports.firstIndex(where: { $0.results.count != steps }) { return "rank \(rank): not \(steps) steps" }
    if Set(reports[0].parameters.keys) != Set(reference.parameters.keys) { return "other parameters" }
    let distance = Distance(reports, from: reference, exempt: exempt)
    if distance.loss > tolerance.loss { return "losses differ by \(distance.loss)" }
    if distance.norm > tolerance.norm { return "gradient norms differ by \(distance.norm)" }
    if distance.parameter > tolerance.parameter {
      return "\(distance.worstParameter) differs by \(distance.parameter)"
    }
    return nil
  }

  /// A run that other runs are held against goes somewhere: its last ten losses are below its first by a twentieth.
  package static func learns(_ report: RankReport) -> String? {
    let last = report.losses.suffix(10)
    let mean = last.reduce(0, +) / Double(last.count)
    return mean < 0.95 * report.losses[0] ? nil : "the loss goes from \(report.losses[0]) to \(mean) only"
  }

  /// All ranks of a run report the same losses, norms and loss scales, to the bit.
  package static func ranksAgree(_ reports: [RankReport]) -> String? {
    for (rank, report) in reports.enumerated() {
      for (step, (own, first)) in zip(report.results, reports[0].results).enumerated() where !own.hasBits(of: first) {
        return "step \(step): rank \(rank) reports \(own), rank 0 \(first)"
      }
    }
    return nil
  }

  /// Two runs report the same losses and norms and end with the same parameters, to the bit.
  package static func bitEqual(_ a: [RankReport], _ b: [RankReport]) -> String? {
    for (step, (own, other)) in zip(a[0].results, b[0].results).enumerated() where !own.hasBits(of: other) {
      return "step \(step): \(own) is not \(other)"
    }
    return sameBits(a[0], b[0])
  }

  /// A run on shapes alone writes the same ledger and the same trace as the rank that computed.
  package static func shapesAgree(_ shapes: RankReport, _ real: RankReport) -> String? {
    let (own, other) = (shapes.ledger, real.ledger)
    if own.communication != other.communication {
      return "shapes send \(own.communication), not \(other.communication)"
    }
    if own.peak != other.peak { return "shapes take \(own.peak), not \(other.peak)" }
    if own != other { return "ledgers differ" }
    let different = zip(shapes.trace.nodes, real.trace.nodes).enumerated().first { $1.0 != $1.1 }
    if let (place, nodes) = different { return "node \(place): \(nodes.0) is not \(nodes.1)" }
    return shapes.trace.nodes.count == real.trace.nodes.count ? nil : "traces of different lengths"
  }

  /// The books of one rank of a real run agree with its trace, its allocator, its transport and the run on shapes.
  package static func booksAgree(_ real: RankReport, shapes: RankReport) -> String? {
    shapesAgree(shapes, real) ?? transportAgrees(real) ?? nothingLeaks(real)
      ?? peaksFollow(real.trace, real.ledger, resident: real.resident)
  }

  /// What lasts from step to step never grows with the ZeRO stage.
  ///
  /// - Parameter ledgers: of one rank, by stage.
  package static func shrinks(_ ledgers: [Ledger]) -> String? {
    let lasting = ledgers.map { ledger in
      [MemoryCategory.parameters, .gradients, .optimizer].reduce(ByteCount.zero) { $0 + (ledger.peak[$1] ?? .zero) }
    }
    for (stage, (less, more)) in zip(lasting.dropFirst(), lasting).enumerated() where less > more {
      return "stage \(stage + 1) keeps \(less), stage \(stage) \(more)"
    }
    return nil
  }
}

extension StepResult {
  fileprivate func hasBits(of other: StepResult) -> Bool {
    loss?.bitPattern == other.loss?.bitPattern && gradientNorm?.bitPattern == other.gradientNorm?.bitPattern
      && lossScale == other.lossScale && overflowed == other.overflowed && learningRate == other.learningRate
  }
}
