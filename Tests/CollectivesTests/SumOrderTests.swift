import Collectives
import Testing

/// Sums written out as text: ranks' values and brackets, own value first.
@Suite struct SumOrderTests {
  private func sums(_ algorithm: CollectiveAlgorithm, ranks: Int) throws -> [String] {
    let schedule = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: ranks, count: ranks)
    let inputs = schedule.inputs(undefined: "?") { rank, _ in "\(rank)" }
    return try Interpreter.run(programs(of: schedule), on: inputs) { "(\($0)+\($1))" }[0]
  }

  @Test func `a ring begins behind the owner of a shard and ends with it`() throws {
    #expect(try sums(.ring, ranks: 4) == ["(0+(3+(2+1)))", "(1+(0+(3+2)))", "(2+(1+(0+3)))", "(3+(2+(1+0)))"])
  }

  @Test func `recursive halving adds pairs of ranks far apart first`() throws {
    #expect(try sums(.recursive, ranks: 4) == ["((0+2)+(1+3))", "((1+3)+(0+2))", "((2+0)+(3+1))", "((3+1)+(2+0))"])
  }

  @Test func `ranks beyond a power of two are folded into their neighbours first`() throws {
    #expect(try sums(.recursive, ranks: 3) == ["((0+1)+2)", "((0+1)+2)", "(2+(0+1))"])
  }

  @Test func `a tree adds neighbours first, in the same order for every element`() throws {
    #expect(try sums(.tree, ranks: 4) == Array(repeating: "((0+1)+(2+3))", count: 4))
  }

  @Test func `the test values tell orders apart`() throws {
    let bits = try CollectiveAlgorithm.allCases.map { algorithm in
      let schedule = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: 16, count: 100)
      let inputs = schedule.inputs(undefined: .nan, orderSensitive)
      return try Interpreter.run(programs(of: schedule), on: inputs, add: +)[0].map(\.bitPattern)
    }
    #expect(bits[0] != bits[1] && bits[1] != bits[2] && bits[0] != bits[2])
  }
}
