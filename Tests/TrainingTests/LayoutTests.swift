import Mesh
import Model
import PipelineSchedules
import Program
import Testing
import Training

@Suite("A rank's layout")
struct LayoutTests {
  private static let model = GPT2Configuration(vocabularySize: 31, positions: 12, hidden: 16, layers: 5, heads: 4)

  private struct Cut {
    var pipeline = 1
    var data = 1
    var tensor = 1
    var shardSize: Int?
    var zero = ZeROPlan()
    var schedule = ScheduleName.oneForwardOneBackward
    var chunks: Int?
    var layers: [Int]?
  }

  private func layouts(_ cut: Cut) throws -> [Layout] {
    let schedule = try PipelineSchedule.make(cut.schedule, ranks: cut.pipeline, microBatches: 4, chunks: cut.chunks)
    let plan = TrainingPlan(
      model: .gpt2(Self.model), sequence: 8, microBatch: 1, accumulation: 4, optimizer: .adamw(),
      schedule: LearningRateSchedule(peak: 1), zero: cut.zero, pipeline: PipelinePlan(schedule, layers: cut.layers))
    let mesh = Mesh(
      [.pipeline: cut.pipeline, .data: cut.data, .tensor: cut.tensor], shardSize: cut.shardSize)
    return (0..<mesh.count).map { Layout(plan, mesh: mesh, rank: $0) }
  }

  @Test("Layers are cut as equally as can be, larger stages first, and none is lost", arguments: 1...5)
  func equalCuts(stages: Int) throws {
    let layout = try layouts(Cut(pipeline: stages))[0]
    let counts = layout.stages.map(\.layers.count)
    #expect(layout.stages.flatMap(\.layers) == Array(0..<5))
    #expect(counts == counts.sorted(by: >) && counts.max()! - counts.min()! <= 1)
    #expect(layout.stages.map(\.isFirst) == (0..<stages).map { $0 == 0 })
    #expect(layout.stages.map(\.isLast) == (0..<stages).map { $0 == stages - 1 })
  }

  @Test("Layers are cut as they are given, and a stage may have none")
  func givenCuts() throws {
    let layout = try layouts(Cut(pipeline: 3, layers: [1, 4, 0]))[0]
    #expect(layout.stages.map(\.layers) == [0..<1, 1..<5, 5..<5])
  }

  @Test("The ranks of a pipeline hold every unit, and only ends hold tables", arguments: [1, 2, 4], [1, 2])
  func units(stages: Int, chunks: Int) throws {
    let all = try layouts(Cut(pipeline: stages, schedule: .interleaved, chunks: chunks))
    let held = all.flatMap(\.ownUnits).sorted()
    #expect(held == Array(all[0].model.units.indices))
    #expect(all.map(\.holdsFirst) == all.indices.map { $0 == 0 })
    #expect(all.map(\.holdsLast) == all.indices.map { $0 == stages - 1 })
  }

  @Test("Where a pipeline turns round, one rank holds both ends")
  func bothEnds() throws {
    let all = try layouts(Cut(pipeline: 2, schedule: .zeroBubbleV))
    #expect(all[0].holdsFirst && all[0].holdsLast && !all[1].holdsFirst && !all[1].holdsLast)
    #expect(all[0].ownStages == [0, 3] && all[1].ownStages == [1, 2])
  }

  @Test("A tied table is copied where there is more than one stage, and there alone", arguments: [1, 2, 3])
  func copies(stages: Int) throws {
    let layout = try layouts(Cut(pipeline: stages))[0]
    #expect((layout.model.copyUnit != nil) == (stages > 1))
    #expect(layout.model.units.count { $0.isCopy } == (stages > 1 ? 1 : 0))
    #expect(layout.model.parameterCount == Self.model.parameterCount)
  }

  @Test(
    "The shards of every unit tile it, in every set of shards", arguments: [(1, 1), (3, 3), (4, 4), (4, 2), (4, 1)])
  func shards(data: Int, size: Int) throws {
    for stage in 1...3 {
      let all = try layouts(Cut(data: data, shardSize: size, zero: ZeROPlan(stage: stage)))
      for unit in all[0].model.units.indices {
        let whole = Array(0..<all[0].model.units[unit].count)
        for set in 0..<data / size {
          let tiled = all[set * size..<(set + 1) * size].flatMap { Array($0.updated(unit)) }
          #expect(tiled == whole, "unit \(unit), set \(set)")
        }
      }
      #expect(all.map(\.isReplica) == (0..<data).map { $0 >= size })
    }
  }

  @Test("Without ZeRO every rank updates whole units")
  func whole() throws {
    for layout in try layouts(Cut(data: 3)) {
      let updated = layout.ownUnits.map { layout.updated($0) }
      #expect(updated == layout.model.units.map { 0..<$0.count })
    }
  }

  @Test("Only stage 3 gathers parameters, stages 2 and 3 shard gradients, and one rank does neither")
  func stages() throws {
    for stage in 0...3 {
      let (two, one) = (
        try layouts(Cut(data: 2, zero: ZeROPlan(stage: stage)))[0], try layouts(Cut(zero: ZeROPlan(stage: stage)))[0]
      )
      #expect(two.gathersParameters == (stage == 3) && two.shardsGradients == (stage >= 2))
      #expect(!one.gathersParameters && !one.shardsGradients)
    }
  }

  @Test("Tensor-parallel ranks hold equal counts of heads, and together all values", arguments: [1, 2, 4])
  func tensorParallel(ranks: Int) throws {
    let all = try layouts(Cut(tensor: ranks))
    for (number, unit) in all[0].model.units.enumerated() {
      let cut = all.map { $0.model.units[number].cut.reduce(0) { $0 + $1.count } }
      let replicated = Set(all.map { $0.model.units[number].replicated.reduce(0) { $0 + $1.count } })
      let whole = unit.parameters.reduce(0) { $0 + $1.count }
      #expect(replicated.count == 1)
      #expect(cut.reduce(0, +) + replicated.first! == whole, "\(unit.name)")
    }
  }

  @Test("Cuts that lose or invent layers are our own bug")
  func refusals() async {
    await #expect(processExitsWith: .failure) {
      _ = try LayoutTests().layouts(Cut(pipeline: 2, layers: [2, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = try LayoutTests().layouts(Cut(pipeline: 2, layers: [6, -1]))
    }
  }
}
