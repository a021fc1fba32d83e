import Mesh
import Model
import Testing

@Suite("Units of parameters")
struct ParameterUnitTests {
  private static let gpt2 = GPT2Configuration(vocabularySize: 31, positions: 12, hidden: 24, layers: 2, heads: 6)
  private static let llama = LlamaConfiguration(
    vocabularySize: 31, positions: 12, hidden: 24, intermediate: 36, layers: 2, heads: 6, keyValueHeads: 6)
  private static let untied: Architecture = {
    var result = gpt2
    result.tieWordEmbeddings = false
    return result.architecture
  }()
  private static let architectures = [gpt2.architecture, llama.architecture, untied]

  private func models(_ architecture: Architecture, _ size: Int) -> [Transformer] {
    (0..<size).map { Transformer(architecture, TensorPartition(size: size, rank: $0)) }
  }

  @Test(
    "Every parameter of every unit is held exactly once where it is cut, by all ranks where it is not",
    arguments: [1, 2, 3, 6])
  func tiling(size: Int) {
    for architecture in Self.architectures {
      let models = models(architecture, size)
      for (number, unit) in models[0].units.enumerated() {
        for (index, parameter) in unit.parameters.enumerated() {
          let held = models.map { $0.units[number].parameters[index].runs($0.partition) }.map { runs in
            runs.flatMap { Array($0.logical..<$0.logical + $0.count) }
          }
          let copies = parameter.sharding.isReplicated ? size : 1
          let expected = (0..<parameter.count).flatMap { Array(repeating: $0, count: copies) }
          #expect(held.flatMap { $0 }.sorted() == expected, "\(parameter.name)")
        }
      }
    }
  }

  @Test("A unit's parameters lie side by side: decayed and cut, decayed, cut, the rest", arguments: [1, 2, 3])
  func order(size: Int) {
    for unit in Self.architectures.flatMap({ models($0, size) }).flatMap(\.units) {
      let placed = zip(unit.parameters, unit.ranges).sorted { $0.1.lowerBound < $1.1.lowerBound }
      let classes = placed.map { ($0.0.decays ? 0 : 2) + ($0.0.sharding.isReplicated ? 1 : 0) }
      #expect(classes == classes.sorted(), "\(unit.name)")
      #expect(placed.flatMap { Array($0.1) } == Array(0..<unit.count), "\(unit.name)")
      let decayed = placed.filter { $0.0.decays }.reduce(0) { $0 + $1.1.count }
      #expect(unit.decayedCount == decayed, "\(unit.name)")
      let tiles = (unit.cut + unit.replicated).sorted { $0.lowerBound < $1.lowerBound }.flatMap { Array($0) }
      #expect(tiles == Array(0..<unit.count), "\(unit.name)")
      let cut = placed.filter { !$0.0.sharding.isReplicated }.flatMap { Array($0.1) }
      #expect(unit.cut.flatMap { Array($0) } == cut, "\(unit.name)")
    }
  }

  @Test("Parameters of one class keep the order in which they were added")
  func stable() {
    var unit = ParameterUnit("unit", TensorPartition(size: 2, rank: 1))
    let cut = Sharding.sharded(dimension: 0, along: .tensor)
    let added: [(String, Int, Bool, Sharding)] = [
      ("plain", 1, false, .replicated), ("plain cut", 4, false, cut), ("decayed", 3, true, .replicated),
      ("decayed cut", 6, true, cut), ("second decayed cut", 2, true, cut), ("second plain", 2, false, .replicated),
    ]
    for (name, count, decays, sharding) in added {
      _ = unit.add(ParameterSpec(name, [count], .constant(0), decays: decays, sharding: sharding))
    }
    #expect(unit.ranges == [9..<10, 7..<9, 4..<7, 0..<3, 3..<4, 10..<12])
    #expect(unit.count == 12 && unit.decayedCount == 7)
    #expect(unit.cut == [0..<4, 7..<9] && unit.replicated == [4..<7, 9..<12])
  }

  @Test("The pieces of any cut of a buffer are its values, each in its place", arguments: [1, 2, 3], [1, 2, 3, 5])
  func pieces(size: Int, shards: Int) {
    for unit in Self.architectures.flatMap({ models($0, size) }).flatMap(\.units) {
      let whole = values(unit, 0..<unit.count)
      let cut = (0..<shards).flatMap { shard in
        values(unit, unit.count * shard / shards..<unit.count * (shard + 1) / shards)
      }
      #expect(whole == cut, "\(unit.name)")
      #expect(whole.count == unit.count && Set(whole).count == unit.count, "\(unit.name)")
    }
  }

  private struct Value: Hashable {
    var name: String
    var index: Int
  }

  /// Which logical value every place of a range holds.
  private func values(_ unit: ParameterUnit, _ range: Range<Int>) -> [Value] {
    var result = [Value?](repeating: nil, count: range.count)
    for piece in unit.pieces(in: range) {
      for index in 0..<piece.count {
        result[piece.offset + index] = Value(name: piece.parameter.name, index: piece.logical + index)
      }
    }
    return result.compactMap { $0 }
  }

  @Test(
    "A part of GPT-2's packed projection holds whole heads: queries, keys and values of the same ones",
    arguments: [1, 2, 3, 6])
  func heads(size: Int) {
    let (heads, headSize, hidden) = (6, 4, 24)
    for part in models(Self.gpt2.architecture, size).map(\.partition) {
      let unit = Transformer(Self.gpt2.architecture, part).units[2]
      let own = heads * part.rank / size..<heads * (part.rank + 1) / size
      let sections = (0..<3).flatMap { section in
        (own.lowerBound * headSize..<own.upperBound * headSize).map { section * hidden + $0 }
      }
      let bias = unit.parameters.first { $0.name.hasSuffix("c_attn.bias") }!
      let weight = unit.parameters.first { $0.name.hasSuffix("c_attn.weight") }!
      let heldBias = bias.runs(part).flatMap { Array($0.logical..<$0.logical + $0.count) }
      let heldWeight = weight.runs(part).flatMap { Array($0.logical..<$0.logical + $0.count) }
      #expect(heldBias == sections)
      #expect(heldWeight == (0..<hidden).flatMap { row in sections.map { row * 3 * hidden + $0 } })
    }
  }

  @Test("Units hold the model's parameters once, a copied table not counted", arguments: [1, 2])
  func counts(size: Int) {
    for copies in [false, true] {
      let model = Transformer(Self.gpt2.architecture, TensorPartition(size: size, rank: 0), copiesTable: copies)
      let names = model.units.filter { !$0.isCopy }.flatMap(\.parameters).map(\.name)
      #expect(Set(names).count == names.count)
      #expect(model.parameterCount == Self.gpt2.parameterCount)
      #expect((model.copyUnit != nil) == copies)
    }
  }
}
