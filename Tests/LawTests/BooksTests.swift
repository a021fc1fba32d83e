import Collectives
import Execution
import Mesh
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("The books agree with what happened")
struct BooksTests {
  @Test("Nothing leaks, peaks follow the trace, the transport counts what the ledger does", arguments: [1, 2, 3, 4])
  func booksAgree(dataParallel: Int) throws {
    for type in ScalarType.floating {
      var run = TinyRun.dropping
      (run.precision, run.globalBatch, run.steps) = (PrecisionPlan(type), 24, 3)
      for report in try run.train(.data(dataParallel, accumulation: 2)) {
        let violations = [
          Laws.nothingLeaks(report), Laws.peaksFollow(report.trace, report.ledger, resident: report.resident),
          Laws.transportAgrees(report), Laws.roundTrips(report.trace.text, report.trace),
        ]
        #expect(violations.allSatisfy { $0 == nil }, "\(type)")
      }
    }
  }

  @Test("A ring sends 2(N − 1)·K over all ranks, and its part on each", arguments: [2, 3, 4])
  func ringVolume(dataParallel: Int) throws {
    for type in ScalarType.floating {
      var run = TinyRun.of(batch: 12, steps: 2)
      run.precision = PrecisionPlan(type)
      let reports = try run.train(.data(dataParallel))
      let violation = Laws.ringVolume(reports, payload: Laws.payload(run))
      #expect(violation == nil, "\(type)")
      let strays = reports.compactMap(Laws.transportAgrees)
      #expect(strays.isEmpty)
    }
  }

  @Test("Parameters, gradients and optimizer take what the model and the rule say", arguments: [1, 3])
  func memoryByCategory(dataParallel: Int) throws {
    let run = TinyRun.of(batch: 12, steps: 2)
    let parameters = Laws.payload(run) - ByteCount(1, of: .float64)
    for report in try run.train(.data(dataParallel)) {
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
