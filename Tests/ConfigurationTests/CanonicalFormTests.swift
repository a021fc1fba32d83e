import Configuration
import Testing
import Training

@Suite struct CanonicalFormTests {
  @Test("the canonical form reads back as the same run, and writes the same text", arguments: runsOfAllTypes)
  func roundTrip(_ more: String) throws {
    for configuration in [try run(more), try run(more).withVocabulary(65)] {
      let again = try RunConfiguration.parse(configuration.canonicalJSON, file: "checkpoint.json")
      #expect(again.differences(from: configuration) == [])
      #expect(again.canonicalJSON == configuration.canonicalJSON)
      #expect(again.batch == configuration.batch && again.optimizer == configuration.optimizer)
      #expect(again.schedule == configuration.schedule && again.generation == configuration.generation)
      #expect(again.simulation == configuration.simulation && again.cluster == configuration.cluster)
    }
  }

  @Test("a run that takes the world's size round-trips before and after it is resolved")
  func openLayout() throws {
    let open = try run("parallelism: {dp: -1}\nglobal_batch_size: 12")
    let again = try RunConfiguration.parse(open.canonicalJSON, file: "a")
    #expect(again == open && again.worldSize == nil)
    let resolved = try open.resolved(world: 4)
    #expect(try RunConfiguration.parse(resolved.canonicalJSON, file: "a").batch == resolved.batch)
  }

  @Test("differences are the keys whose values differ, and nothing else")
  func differences() throws {
    let base = try run("optimizer: {type: adamw, lr: 1e-3}\nseed: 1")
    #expect(base.differences(from: base).isEmpty)
    let other = try run("optimizer: {type: sgd, lr: 1e-3}\nseed: 2")
    #expect(
      base.differences(from: other).map(\.description) == [
        "optimizer.betas: [0.9, 0.999] here, not used there", "optimizer.eps: 1e-08 here, not used there",
        "optimizer.type: adamw here, sgd there", "optimizer.weight_decay: 0.01 here, 0.0 there",
        "seed: 1 here, 2 there",
      ])
  }

  @Test("two ways to write one run have one canonical form")
  func spelling() throws {
    let long = try run("micro_batch_size: 4\ngradient_accumulation_steps: 2\nparallelism: {dp: 2}")
    let short = try run("train_batch_size: 16\nbatch_accumulation_per_replica: 2\ndata_parallel_size: 2\nzero_stage: 0")
    #expect(long.canonicalJSON == short.canonicalJSON)
  }

  @Test("the canonical form of a small run is this text")
  func golden() throws {
    let text = try run("optimizer: {type: sgd}").canonicalJSON
    #expect(
      text.hasPrefix(
        """
        {
          "activation_checkpointing" : {
            "mode" : "none"
          },
          "checkpoint" : {
            "folder" : null,
            "interval" : 0,
            "keep_latest_k" : 2
          },
          "cluster" : null,
          "communication" : {
            "all_reduce" : "ring",
            "collective_timeout" : "600.0 s"
          },
          "data" : {
            "path" : [
              "text.txt"
            ],
            "prepared" : null,
            "tokenizer" : "characters",
            "validation_fraction" : 0.1
          },
        """))
    #expect(text.contains(#""vocab_size" : "auto""#) && text.hasSuffix("}\n"))
  }
}
