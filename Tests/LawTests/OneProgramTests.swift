import Execution
import Program
import TestSupport
import Testing

@Suite("One program, two executors")
struct OneProgramTests {
  @Test("Shapes alone and real numbers write the same ledger and the same trace", arguments: [1, 2, 3, 4], [1, 2])
  func shapesEqualNumbers(dataParallel: Int, accumulation: Int) throws {
    var run = TinyRun()
    run.globalBatch = 24
    let real = try run.train(dataParallel: dataParallel, accumulation: accumulation)
    for rank in 0..<dataParallel {
      let shapes = try run.pretend(rank: rank, dataParallel: dataParallel, accumulation: accumulation)
      #expect(shapes.ledger == real[rank].ledger)
      #expect(shapes.trace == real[rank].trace)
      #expect(shapes.trace.digest == real[rank].trace.digest)
    }
  }
}
