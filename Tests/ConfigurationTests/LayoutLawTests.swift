import Configuration
import Mesh
import Model
import Testing

@Suite struct LayoutLawTests {
  /// A LLaMA of 8 heads, 4 of them for keys and values, 24 features in between, 4 layers; micro-batches of 3 sequences of 10.
  private let text = """
    model:
      {model_type: llama, hidden_size: 32, intermediate_size: 24, num_hidden_layers: 4, num_attention_heads: 8,
       num_key_value_heads: 4, max_position_embeddings: 10, vocab_size: 13}
    data: x
    micro_batch_size: 3

    """

  @Test("a layout is taken exactly if every part of the model divides, over all small layouts", arguments: 1...9)
  func divides(_ tensor: Int) {
    for pipeline in 1...5 {
      for isSequenceParallel in [false, true] {
        let found = mistakes(
          in: text,
          overrides: [
            "parallelism.tp=\(tensor)", "parallelism.pp=\(pipeline)",
            "parallelism.sequence_parallel=\(isSequenceParallel)",
          ])
        let divides = [8, 4, 24].allSatisfy { $0.isMultiple(of: tensor) }
        let cuts = !isSequenceParallel || tensor > 1 && 30.isMultiple(of: tensor)
        #expect(found.isEmpty == (divides && cuts && pipeline <= 4), "\(tensor) \(pipeline): \(found)")
      }
    }
  }

  @Test("a mesh has the sizes and the sets of shards that were asked for, over all small layouts")
  func meshes() throws {
    for (data, shard) in [(1, 1), (2, 1), (2, 2), (4, 1), (4, 2), (4, 4), (6, 3)] {
      for tensor in [1, 2, 4] {
        let layout = "{dp: \(data), dp_shard: \(shard), tp: \(tensor), pp: 2}"
        let run = try run("parallelism: \(layout)\nzero_optimization: {stage: 3}")
        #expect(run.worldSize == data * tensor * 2 && run.mesh.count == run.worldSize)
        #expect(run.mesh.shardSize == shard && run.mesh.replicas == data / shard)
        #expect(try run.resolved(world: data * tensor * 2) == run)
      }
    }
  }

  @Test("every part that does not divide is named, with what would")
  func named() {
    #expect(
      mistakes(in: text + "parallelism: {tp: 16, pp: 5}\n") == [
        "run.yaml:6:19: parallelism.tp '16' does not divide model.num_attention_heads 8: "
          + "every rank has as many heads as the others; use 1 or 2 or 4, or another model",
        "run.yaml:6:19: parallelism.tp '16' does not divide model.num_key_value_heads 4: "
          + "every rank has as many of these heads as the others; use 1 or 2 or 4, or another model",
        "run.yaml:6:19: parallelism.tp '16' does not divide model.intermediate_size 24: "
          + "every rank has as many features as the others; use 1 or 2 or 4, or another model",
        "run.yaml:6:27: parallelism.pp '5' makes 5 stages, but model.num_hidden_layers is 4; use fewer stages, "
          + "or a model of at least 5 layers",
      ])
    #expect(
      mistakes(in: text + "parallelism: {tp: 4, sequence_parallel: true}\n") == [
        "run.yaml:6:41: parallelism.sequence_parallel 'true' does not fit: micro_batch_size 3 × sequence_length 10 "
          + "= 30 tokens do not divide by parallelism.tp 4; use a sequence_length that divides by 4, or set it to false"
      ])
    #expect(
      mistakes(with: "parallelism: {sequence_parallel: true}") == [
        "run.yaml:3:34: parallelism.sequence_parallel 'true' has no effect at parallelism.tp 1: tensor-parallel ranks "
          + "share tokens; set parallelism.tp to 2 or more, or remove it"
      ])
  }

  @Test("sets of shards that do not fit are refused, in a file and when the world is known")
  func shards() throws {
    let stage = "zero_optimization: {stage: 2}"
    #expect(
      mistakes(with: "parallelism: {dp: 4, dp_shard: 3}\n\(stage)") == [
        "run.yaml:3:32: parallelism.dp_shard '3' does not divide parallelism.dp 4; use 1 or 2, or -1 for all of dp"
      ])
    #expect(
      mistakes(with: "parallelism: {dp: 4, data_parallel_shard_degree: 2}") == [
        "run.yaml:3:50: parallelism.data_parallel_shard_degree '2' has no effect at zero_optimization.stage 0, "
          + "which shares nothing; use stage 1, 2 or 3, or remove it"
      ])
    let open = try run("parallelism: {dp: -1, dp_shard: 2}\n\(stage)\nglobal_batch_size: 12")
    #expect(try open.resolved(world: 4).mesh.replicas == 2)
    #expect(try open.resolved(world: 2).canonicalJSON.contains(#""dp_shard" : -1"#))
    let error = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 3) }
    #expect(
      error?.description
        == "parallelism.dp_shard '2' does not divide parallelism.dp 3; use 1, or -1 for all of dp")
  }

  @Test("tokens are cut when the world is known")
  func tokens() throws {
    let open = try run(
      "parallelism: {dp: -1, tp: 4, sequence_parallel: true}\nglobal_batch_size: 8\nsequence_length: 2")
    #expect(try open.resolved(world: 16).sequenceParallel)
    let error = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 32) }
    #expect(error?.description.contains("micro_batch_size 1 × sequence_length 2 = 2 tokens do not divide") == true)
  }
}
