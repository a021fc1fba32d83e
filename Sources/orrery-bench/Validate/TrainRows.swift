import Dispatch
import Foundation
import Measurements
import Synchronization

/// Predicts the rows of a table on all cores. A row's prediction depends on that row alone, so any number of cores gives the same.
struct TrainRows {
  private enum Outcome {
    case judged(TrainReport.Judgement)
    case refused(StepMeasurement.Refusal)
  }

  let table: CSVTable

  /// - Errors: constants that cannot be read.
  func report(workers: Int = ProcessInfo.processInfo.activeProcessorCount) throws -> TrainReport {
    let outcomes = Mutex<[(place: Int, outcome: Outcome)]>([])
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      do {
        let own = try rows(from: worker, every: workers)
        outcomes.withLock { $0 += own }
      } catch { failure.withLock { $0 = error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    var report = TrainReport(file: table.name)
    for (_, outcome) in outcomes.withLock({ $0.sorted { $0.place < $1.place } }) {
      switch outcome {
      case .judged(let judgement): report.judgements.append(judgement)
      case .refused(let refusal): report.refusals.append(refusal)
      }
    }
    return report
  }

  /// Neighbours in a table are alike, so every worker gets as much as the others.
  private func rows(from first: Int, every step: Int) throws -> [(place: Int, outcome: Outcome)] {
    let predictor = try TrainPredictor()
    return stride(from: first, to: table.rows.count, by: step).map { ($0, outcome(table.rows[$0], predictor)) }
  }

  private func outcome(_ row: CSVTable.Row, _ predictor: TrainPredictor) -> Outcome {
    do {
      let sample = try StepSample(row)
      return .judged(TrainReport.Judgement(sample: sample, prediction: try predictor.prediction(sample, row)))
    } catch { return .refused(error) }
  }
}
