import Mesh
import Model
import Testing

@Suite("Parts of a parameter")
struct ParameterSpecTests {
  /// Every kind of parameter that a model has, and shapes whose sizes tell dimensions apart.
  private static let specs: [ParameterSpec] = [
    spec("replicated", [5], .replicated), spec("table", [31, 3], .sharded(dimension: 0, along: .tensor)),
    spec("column cut", [3, 12], .sharded(dimension: 1, along: .tensor)),
    spec("column cut, packed", [3, 36], .sharded(dimension: 1, along: .tensor, sections: 3)),
    spec("row cut", [12, 5], .sharded(dimension: 0, along: .tensor)),
    spec("transposed, column cut", [12, 5], .sharded(dimension: 0, along: .tensor)),
    spec("packed bias", [36], .sharded(dimension: 0, along: .tensor, sections: 3)),
    spec("uneven, packed", [2, 21], .sharded(dimension: 1, along: .tensor, sections: 3)),
    spec("fewer rows than ranks", [3, 2], .sharded(dimension: 0, along: .tensor)),
    spec("three dimensions", [2, 12, 3], .sharded(dimension: 1, along: .tensor)),
  ]

  private static func spec(_ name: String, _ shape: [Int], _ sharding: Sharding) -> ParameterSpec {
    ParameterSpec(name, shape, .constant(0), decays: true, sharding: sharding)
  }

  private func parts(_ size: Int) -> [TensorPartition] { (0..<size).map { TensorPartition(size: size, rank: $0) } }

  @Test("The parts of all ranks tile a cut parameter exactly once; of others each holds all", arguments: 1...12)
  func tiling(size: Int) {
    for spec in Self.specs {
      let held = parts(size).map { spec.runs($0).flatMap { Array($0.logical..<$0.logical + $0.count) } }
      let whole = Array(0..<spec.count)
      if spec.sharding.isReplicated {
        #expect(held.allSatisfy { $0 == whole }, "\(spec.name)")
      } else {
        #expect(held.flatMap { $0 }.sorted() == whole, "\(spec.name)")
      }
      #expect(held.map(\.count) == parts(size).map { spec.localCount($0) }, "\(spec.name)")
    }
  }

  @Test("A part lies in its buffer without gaps, in the order of the whole", arguments: 1...12)
  func order(size: Int) {
    for spec in Self.specs {
      for part in parts(size) {
        let runs = spec.runs(part)
        let starts = runs.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        #expect(runs.map(\.local) == Array(starts.dropLast()), "\(spec.name)")
        let ascends = zip(runs, runs.dropFirst()).allSatisfy { $0.logical + $0.count <= $1.logical }
        #expect(ascends, "\(spec.name)")
      }
    }
  }

  @Test("A part of a matrix is the matrix of the rank's rows or columns", arguments: [1, 2, 3, 4])
  func submatrix(size: Int) {
    let (rows, columns) = (5, 12)
    let spec = Self.spec("columns", [rows, columns], .sharded(dimension: 1, along: .tensor))
    for part in parts(size) {
      let own = part.part(of: columns)
      let expected = (0..<rows).flatMap { row in own.map { row * columns + $0 } }
      let held = spec.runs(part).flatMap { Array($0.logical..<$0.logical + $0.count) }
      #expect(held == expected)
    }
  }

  @Test("Parts of a count differ by at most one", arguments: 1...8)
  func balance(size: Int) {
    for count in 0...40 {
      let sizes = parts(size).map { $0.part(of: count).count }
      #expect(sizes.reduce(0, +) == count && sizes.max()! - sizes.min()! <= 1)
    }
  }

  @Test("Sequence parallelism cuts rows, and a single rank never does", arguments: [1, 2, 3])
  func rows(size: Int) {
    let cut = (0..<size).map { TensorPartition(size: size, rank: $0, isSequenceParallel: true) }
    #expect(cut.flatMap { Array($0.rows(10)) } == Array(0..<10))
    #expect(parts(size).allSatisfy { $0.rows(10) == 0..<10 })
    #expect(cut.allSatisfy { $0.isSequenceParallel == (size > 1) })
  }

  @Test("What does not divide over the ranks is our own bug")
  func refusal() async {
    await #expect(processExitsWith: .failure) {
      _ = TensorPartition(size: 3, rank: 0).share(4, of: "attention heads")
    }
    await #expect(processExitsWith: .failure) { _ = TensorPartition(size: 2, rank: 2) }
  }
}
