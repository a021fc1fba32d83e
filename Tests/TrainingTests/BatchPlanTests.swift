import Testing
import Training

@Suite struct BatchPlanTests {
  @Test("any two of the three sizes give the third, for every dp")
  func derivation() throws {
    for micro in 1...5 {
      for accumulation in 1...4 {
        for dp in 1...5 {
          let global = micro * accumulation * dp
          let given: [(Int?, Int?, Int?)] = [
            (micro, global, nil), (micro, nil, accumulation), (nil, global, accumulation),
            (micro, global, accumulation),
          ]
          for (m, g, a) in given {
            let plan = try BatchPlan(microBatchSize: m, globalBatchSize: g, accumulationSteps: a, dataParallel: dp)
            #expect(
              [plan.microBatchSize, plan.accumulationSteps, plan.dataParallel, plan.globalBatchSize]
                == [micro, accumulation, dp, global])
          }
        }
      }
    }
  }

  @Test("a plan is made exactly where the equation has a solution in whole numbers")
  func existence() {
    for global in 1...24 {
      for factor in 1...6 {
        for dp in 1...4 {
          let divides = global.isMultiple(of: factor * dp)
          #expect((plan(factor, global, nil, dp) != nil) == divides, "micro \(factor), global \(global), dp \(dp)")
          #expect((plan(nil, global, factor, dp) != nil) == divides, "global \(global), × \(factor), dp \(dp)")
          for accumulation in 1...4 {
            let holds = global == factor * accumulation * dp
            #expect((plan(factor, global, accumulation, dp) != nil) == holds)
          }
        }
      }
    }
  }

  private func plan(_ micro: Int?, _ global: Int?, _ accumulation: Int?, _ dp: Int) -> BatchPlan? {
    try? BatchPlan(microBatchSize: micro, globalBatchSize: global, accumulationSteps: accumulation, dataParallel: dp)
  }

  @Test(
    "what does not fit is said with the equation, its numbers and a way out",
    arguments: [
      (
        4, 32, 3, 2,
        "global_batch_size 32 ≠ micro_batch_size 4 × gradient_accumulation_steps 3 × dp 2 = 24; "
          + "set global_batch_size 24, or leave one of the three sizes out"
      ),
      (
        nil, 12, nil, 5,
        "global_batch_size 12 does not divide by gradient_accumulation_steps 1 × dp 5 = 5 (remainder 2); "
          + "use a global_batch_size of 10 or 15"
      ),
      (
        8, 4, nil, 2,
        "global_batch_size 4 does not divide by micro_batch_size 8 × dp 2 = 16 (remainder 4); "
          + "use a global_batch_size of 16"
      ),
      (nil, nil, 4, 2, "neither micro_batch_size nor global_batch_size is given; give one of them"),
      (0, nil, nil, 2, "a batch size of 0; every batch size is at least 1"),
      (
        1 << 30, nil, 1 << 30, 1 << 30, "a batch of more than 2147483647 sequences; use smaller batch sizes"
      ),
    ] as [(Int?, Int?, Int?, Int, String)])
  func errors(_ micro: Int?, _ global: Int?, _ accumulation: Int?, _ dp: Int, _ message: String) {
    let error = #expect(throws: BatchPlanError.self) {
      try BatchPlan(microBatchSize: micro, globalBatchSize: global, accumulationSteps: accumulation, dataParallel: dp)
    }
    #expect(error?.description == message)
  }
}
