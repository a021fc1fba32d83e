import Collectives
import Testing

@Suite struct PairwiseAllToAllTests {
  @Test(arguments: 1...9, [0, 1, 3])
  func `every rank ends with the block that each other one has for it, in any order of delivery`(
    ranks: Int, block: Int
  ) throws {
    let own = PairwiseAllToAll(ranks: ranks, block: block)
    let programs = (0..<ranks).map { own.rounds(of: $0) }
    let value = { (from: Int, to: Int, element: Int) in 1 + from * 10_000 + to * 100 + element }
    let inputs = (0..<ranks).map { rank in
      (0..<ranks).flatMap { peer in (0..<block).map { value(rank, peer, $0) } }
        + Array(repeating: 0, count: ranks * block)
    }
    for delivery in Interpreter<Int>.Delivery.allCases {
      let results = try Interpreter.run(programs, on: inputs, delivery: delivery, add: +)
      for rank in 0..<ranks {
        #expect(results[rank].prefix(ranks * block) == inputs[rank].prefix(ranks * block))
        for peer in 0..<ranks where peer != rank {
          #expect(Array(results[rank][own.incoming(peer)]) == (0..<block).map { value(peer, rank, $0) })
        }
      }
    }
  }

  @Test(arguments: 2...9) func `it takes N − 1 rounds, in each of which every rank sends one block and receives one`(
    ranks: Int
  ) {
    let own = PairwiseAllToAll(ranks: ranks, block: 5)
    for rank in 0..<ranks {
      let rounds = own.rounds(of: rank)
      #expect(rounds.count == ranks - 1)
      #expect(rounds.allSatisfy { $0.sends.count == 1 && $0.receives.count == 1 && $0.sends[0].range.count == 5 })
      #expect(Set(rounds.map { $0.sends[0].to }).count == ranks - 1)
    }
  }
}
