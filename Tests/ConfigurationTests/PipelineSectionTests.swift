import Configuration
import Foundation
import Mesh
import PipelineSchedules
import Testing
import Training

@Suite struct PipelineSectionTests {
  /// A model of eight layers, and a step of eight micro-batches.
  private func pipeline(_ more: String, overrides: [String] = []) throws -> RunConfiguration {
    try run(more, overrides: ["model.n_layer=8", "gradient_accumulation_steps=8"] + overrides)
  }

  @Test(
    "a schedule is made for the ranks and the micro-batches of a step",
    arguments: [
      ("{}", ScheduleName.oneForwardOneBackward, 1), ("{schedule: GPipe}", .gPipe, 1),
      ("{schedule: interleaved}", .interleaved, 2), ("{schedule: vpp, virtual_stages: 4}", .interleaved, 4),
      ("{schedule: ZBVZeroBubble}", .zeroBubbleV, 2), ("{schedule: DualPipeV}", .dualPipeV, 2),
    ])
  func made(_ text: String, name: ScheduleName, chunks: Int) throws {
    let configuration = try pipeline("parallelism: {pp: 2}\npipeline: \(text)")
    let plan = configuration.pipeline
    #expect(try plan.schedule == .make(name, ranks: 2, microBatches: 8, chunks: chunks))
    #expect(plan.layers == nil && configuration.worldSize == 2)
  }

  @Test("the schedule follows the world where dp is open")
  func open() throws {
    let open = try run("parallelism: {dp: -1, pp: 2}\nglobal_batch_size: 24\nmicro_batch_size: 2")
    for world in [2, 4, 6, 8] {
      let resolved = try open.resolved(world: world)
      #expect(resolved.pipeline.schedule.microBatches == 24 / world && resolved.mesh.size(.pipeline) == 2)
      #expect(try RunConfiguration.parse(resolved.canonicalJSON, file: "a").pipeline == resolved.pipeline)
    }
  }

  @Test("layers per stage, group sizes and schedules from files are taken")
  func details() throws {
    let uneven = try pipeline("parallelism: {pp: 4}\npipeline: {layers_per_stage: [1, 2, 2, 3]}")
    #expect(uneven.pipeline.layers == [1, 2, 2, 3])
    let groups = try pipeline("parallelism: {pp: 2}\npipeline: {schedule: interleaved, group_size: 4}")
    let made = try PipelineSchedule.make(.interleaved, ranks: 2, microBatches: 8, chunks: 2, groupSize: 4)
    #expect(groups.pipeline.schedule == made)
    let folder = try Folder(["s.csv": made.csv])
    let read = try pipeline("parallelism: {pp: 2}\npipeline: {schedule_file: \(folder.path)/s.csv}")
    #expect(read.pipeline.schedule.cells == made.cells && read.pipeline.schedule.placement == .loop)
    #expect(try RunConfiguration.parse(read.canonicalJSON, file: "a").differences(from: read) == [])
  }

  @Test(
    "a pipeline that cannot be is refused",
    arguments: [
      (
        "parallelism: {pp: 9}",
        "3:19: parallelism.pp '9' makes 9 stages, but model.n_layer is 8; use fewer stages, "
          + "or a model of at least 9 layers"
      ),
      (
        "parallelism: {pp: 4}\npipeline: {schedule: interleaved, chunks: 3}",
        "3:19: parallelism.pp '4' makes 12 stages, 3 on each rank, but model.n_layer is 8; use fewer stages, "
          + "or a model of at least 12 layers"
      ),
      (
        "parallelism: {pp: 2}\npipeline: {layers_per_stage: [4, 5]}",
        "4:30: pipeline.layers_per_stage '[4, 5]' adds up to 9 layers in 2 stages, but model.n_layer is 8 and "
          + "the pipeline has 2 stages; give 2 numbers that add up to 8, or leave it out"
      ),
      (
        "parallelism: {pp: 2}\npipeline: {layers_per_stage: [8]}",
        "4:30: pipeline.layers_per_stage '[8]' adds up to 8 layers in 1 stages, but model.n_layer is 8 and "
          + "the pipeline has 2 stages; give 2 numbers that add up to 8, or leave it out"
      ),
      (
        "pipeline: {schedule: dualpipe}",
        "3:22: pipeline.schedule 'dualpipe' is not supported yet: it has two copies of the parameters, and is printed "
          + "and validated only; use dualpipev"
      ),
      (
        "pipeline: {schedule: gpip}",
        "3:22: pipeline.schedule 'gpip' is unknown; did you mean 'gpipe'? One of gpipe, 1f1b, interleaved, looped-bfs, "
          + "zb-h1, interleaved-zb, zb-v, dualpipev, dualpipe"
      ),
      (
        "pipeline: {chunks: 2}",
        "3:20: pipeline.chunks '2' does not fit pipeline.schedule 1f1b: every rank holds exactly 1; "
          + "use 1, or the schedule interleaved"
      ),
      (
        "pipeline: {group_size: 2}",
        "3:24: pipeline.group_size is not used by pipeline.schedule 1f1b; "
          + "remove it, or use pipeline.schedule interleaved, interleaved-zb"
      ),
      (
        "pipeline: {schedule_file: nowhere.csv}",
        "3:27: pipeline.schedule_file 'nowhere.csv' cannot be used: there is no such file; check the path"
      ),
    ])
  func refused(_ text: String, message: String) {
    let found = mistakes(with: text, overrides: ["model.n_layer=8", "gradient_accumulation_steps=8"])
    #expect(found == ["run.yaml:\(message)"])
  }

  @Test("too few micro-batches are named by the key that makes them, in a file and when the world is known")
  func microBatches() throws {
    let text = "pipeline: {schedule: dualpipev}\nparallelism: {pp: 2}\nmicro_batch_size: 4\nglobal_batch_size: 8"
    let reason =
      "makes 2 micro-batches of a step, which does not fit pipeline.schedule dualpipev: "
      + "fewer than 4, two per rank, do not fill the pipeline; use 4 or more, or zb-v"
    let found = mistakes(with: text, overrides: ["model.n_layer=8"])
    #expect(found == ["run.yaml:6:20: global_batch_size '8' \(reason)"])
    let open = try run(text, overrides: ["model.n_layer=8", "parallelism.dp=-1", "global_batch_size=16"])
    #expect(try open.resolved(world: 2).pipeline.schedule.microBatches == 4)
    let error = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 4) }
    #expect(error?.description == "gradient_accumulation_steps '2' \(reason)")
  }

  @Test("a schedule of more actions than memory holds is refused, not made")
  func endless() {
    let found = mistakes(with: "micro_batch_size: 1\nglobal_batch_size: 2147483647")
    #expect(
      found == [
        "run.yaml:4:20: global_batch_size '2147483647' makes a schedule of 2147483647 micro-batches on 1 stages: "
          + "more than 1000000 of both together; use larger micro-batches"
      ])
  }

  @Test(
    "a schedule's file that does not fit is refused",
    arguments: [
      ("0F0,0B0\n1F0\n", "cannot be followed: 1B0 is missing; correct the order of actions", 2, 1),
      (
        "0F0,0X0\n", "holds no schedule: row 1, column 2 '0X0': this is no action of a schedule; write the stage,", 1, 1
      ),
      ("0F0,0B0\n", "has 1 rows, one for each rank, but parallelism.pp is 2; set parallelism.pp to 1,", 2, 1),
      ("0F0,0B0\n", "has 1 micro-batches, but a step has 3; set gradient_accumulation_steps to 1,", 1, 3),
    ])
  func files(_ csv: String, reason: String, ranks: Int, microBatches: Int) throws {
    let folder = try Folder(["s.csv": csv])
    let path = "\(folder.path)/s.csv"
    let found = mistakes(
      with: "pipeline: {schedule_file: \(path)}",
      overrides: ["parallelism.pp=\(ranks)", "gradient_accumulation_steps=\(microBatches)"])
    try #require(found.count == 1, "\(found)")
    #expect(found[0].hasPrefix("run.yaml:3:27: pipeline.schedule_file '"), "\(found)")
    #expect(found[0].contains("' \(reason)"), "\(found)")
  }

  @Test("a file excludes a named schedule")
  func both() throws {
    let folder = try Folder(["s.csv": "0F0,0B0\n"])
    let found = mistakes(with: "pipeline: {schedule: gpipe, chunks: 1, schedule_file: \(folder.path)/s.csv}")
    let reason = "is not used with pipeline.schedule_file; remove one of them"
    #expect(
      found == ["run.yaml:3:22: pipeline.schedule \(reason)", "run.yaml:3:37: pipeline.chunks \(reason)"])
  }
}
