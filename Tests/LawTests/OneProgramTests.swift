import Execution
import Program
import TestSupport
import Testing

@Suite("One program, two executors")
struct OneProgramTests {
  @Test("Shapes alone and real numbers write the same ledger and the same trace", arguments: [1, 2, 3, 4], [1, 2])
  func shapesEqualNumbers(dataParallel: Int, accumulation: Int) throws {
    let layout = TinyLayout.data(dataParallel, accumulation: accumulation)
    var run = TinyRun()
    run.globalBatch = 24
    let real = try run.train(layout)
    for rank in 0..<dataParallel {
      let shapes = try run.pretend(rank: rank, layout)
      #expect(shapes.ledger == real[rank].ledger)
      #expect(shapes.trace == real[rank].trace)
      #expect(shapes.trace.digest == real[rank].trace.digest)
    }
  }
}
