import Execution
import Program
import Quantities
import TestSupport
import Testing

@Suite("The books agree with what happened")
struct BooksTests {
  @Test("Nothing leaks, peaks follow the trace, the transport counts what the ledger does", arguments: [1, 2, 3, 4])
  func booksAgree(dataParallel: Int) throws {
    for type in ScalarType.floating {
      var run = TinyRun.dropping
      (run.type, run.globalBatch, run.steps) = (type, 24, 3)
      for report in try run.train(dataParallel: dataParallel, accumulation: 2) {
        let violations = [
          Laws.nothingLeaks(report), Laws.peaksFollow(report.trace, report.ledger, resident: report.resident),
          Laws.transportAgrees(report), Laws.roundTrips(report.trace.text, report.trace),
        ]
        #expect(violations.allSatisfy { $0 == nil }, "\(type)")
      }
    }
  }

  @Test("A ring sends 2(N − 1)·K over all ranks, and its part on each, whatever the bucket", arguments: [2, 3, 4])
  func ringVolume(dataParallel: Int) throws {
    for type in ScalarType.floating {
      for bucket in [64, 1000, 1 << 20] {
        var run = TinyRun.of(batch: 12, steps: 2)
        (run.type, run.bucket) = (type, ByteCount(bucket))
        let reports = try run.train(dataParallel: dataParallel)
        let violation = Laws.ringVolume(reports, payload: Laws.payload(run))
        #expect(violation == nil, "\(type), buckets of \(bucket) bytes")
        #expect(reports.allSatisfy { Laws.transportAgrees($0) == nil })
      }
    }
  }

  @Test("Parameters, gradients and optimizer take what the model and the rule say", arguments: [1, 3])
  func memoryByCategory(dataParallel: Int) throws {
    let run = TinyRun.of(batch: 12, steps: 2)
    let parameters = Laws.payload(run) - ByteCount(1, of: .float64)
    for report in try run.train(dataParallel: dataParallel) {
      let peak = report.ledger.peak
      #expect(peak[.parameters] == parameters)
      #expect(peak[.gradients] == parameters)
      #expect(peak[.optimizer] == parameters + parameters)
      #expect((peak[.communication] == nil) == (dataParallel == 1))
    }
  }

  @Test("One rank sends nothing")
  func alone() throws {
    let report = try TinyRun().train()[0]
    #expect(report.ledger.sentBytes == .zero)
    #expect(report.ledger.communication.isEmpty)
    #expect(report.transportBytes == 0)
  }
}
