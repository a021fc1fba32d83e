import BasicContainers
package import Execution
import Program

/// GPT-2 as units: the embeddings, one unit a block, the head. Radford et al. 2019; names as in Hugging Face's files.
package struct GPT2: Sendable {
  package let configuration: GPT2Configuration
  /// Unit 0 holds the embeddings, 1 … layers the blocks, the last the head.
  package let units: [ParameterUnit]
  private let embedding: TokenEmbedding
  private let blocks: [Block]
  private let head: LanguageModelHead

  package init(_ configuration: GPT2Configuration) {
    self.configuration = configuration
    var first = ParameterUnit("embeddings")
    embedding = TokenEmbedding(configuration, in: &first)
    var units = [first]
    blocks = (0..<configuration.layers).map { layer in
      var unit = ParameterUnit("block \(layer)")
      let block = Block(layer: layer, configuration, in: &unit)
      units.append(unit)
      return block
    }
    var last = ParameterUnit("head")
    head = LanguageModelHead(configuration, in: &last)
    self.units = units + [last]
  }

  package var parameterCount: Int { units.reduce(0) { $0 + $1.count } }
  private var lastUnit: Int { units.count - 1 }

  /// Matrix FLOPs of one token, forward and backward, by the PaLM convention: 6·N + 12·L·H·S, N without the position table and a
  /// tied table counted once (as the head). Chowdhery et al. 2022, appendix B.
  package func modelFLOPs(sequence: Int) -> Int {
    let counted =
      parameterCount - configuration.positions * configuration.hidden
      - (head.isTied ? 0 : configuration.vocabularySize * configuration.hidden)
    return 6 * counted + 12 * configuration.layers * configuration.hidden * sequence
  }
}

extension GPT2 {
  /// What a micro-batch leaves behind for its backward pass, layer by layer.
  package struct Saved: ~Copyable {
    fileprivate var blocks: UniqueArray<Block.Saved>
    fileprivate let head: LanguageModelHead.Saved
  }

  /// - Parameters:
  ///   - ids: int32 [N]; targets: int32 [N].
  ///   - loss: receives the sum of the rows' losses, one fp64 value.
  package func forward(
    ids: TensorView, targets: TensorView, loss: TensorView, _ source: some ParameterSource, _ pass: Pass
  ) -> Saved {
    var saved = UniqueArray<Block.Saved>(minimumCapacity: blocks.count)
    var x = embedding.forward(ids, source.parameters(of: 0), pass)
    for (layer, block) in blocks.enumerated() {
      let output = block.forward(x, source.parameters(of: layer + 1), pass)
      saved.append(output.saved)
      x = output.y
    }
    let head = head.forward(
      x, targets: targets, loss: loss, tied: tiedTable(source), source.parameters(of: lastUnit), pass)
    return Saved(blocks: saved, head: head)
  }

  /// The loss alone: what each layer saves is let go at once.
  package func evaluate(
    ids: TensorView, targets: TensorView, loss: TensorView, _ source: some ParameterSource, _ pass: Pass
  ) {
    var x = embedding.forward(ids, source.parameters(of: 0), pass)
    for (layer, block) in blocks.enumerated() {
      let output = block.forward(x, source.parameters(of: layer + 1), pass)
      x = output.y
    }
    _ = head.forward(
      x, targets: targets, loss: loss, tied: tiedTable(source), source.parameters(of: lastUnit), pass)
  }

  /// The gradients of a micro-batch, from the head down; each unit is reported as soon as it is complete.
  ///
  /// - Parameter scale: one value, 1 / tokens of the global batch.
  package func backward(
    _ saved: consuming Saved, ids: TensorView, targets: TensorView, scale: TensorView, _ source: some ParameterSource,
    _ sink: some GradientSink, _ pass: Pass
  ) throws {
    let headGradients = sink.gradients(of: lastUnit)
    let top = head.backwardInput(
      saved.head, targets: targets, scale: scale, tied: tiedTable(source), source.parameters(of: lastUnit),
      headGradients, pass)
    let shared = head.isTied ? sink.gradients(of: 0) : nil
    head.backwardWeight(
      top.pending, tied: shared.map { ($0[embedding.tokens], $0.accumulate) }, headGradients, pass)
    try sink.finished(lastUnit)
    var dx = top.dx
    for layer in blocks.indices.reversed() {
      dx = try backward(layer, dx, saved.blocks.popLast()!, source, sink, pass)
    }
    embedding.backward(dx, ids, sink.gradients(of: 0), tokensHold: head.isTied, pass)
    try sink.finished(0)
  }

  private func backward(
    _ layer: Int, _ dy: consuming Tensor, _ saved: consuming Block.Saved, _ source: some ParameterSource,
    _ sink: some GradientSink, _ pass: Pass
  ) throws -> Tensor {
    let gradients = sink.gradients(of: layer + 1)
    let result = blocks[layer].backwardInput(dy, saved, source.parameters(of: layer + 1), gradients, pass)
    blocks[layer].backwardWeight(result.pending, gradients, pass)
    try sink.finished(layer + 1)
    return result.dx
  }

  private func tiedTable(_ source: some ParameterSource) -> TensorView {
    source.parameters(of: 0)[embedding.tokens]
  }
}

extension GPT2 {
  /// The key-value caches of one sequence, a tensor [capacity, 2·H] for each layer.
  package struct Cache: ~Copyable {
    package let capacity: Int
    /// Tokens that the caches hold.
    package fileprivate(set) var past = 0
    fileprivate var layers: UniqueArray<Tensor>
  }

  package func makeCache(capacity: Int, _ pass: Pass) -> Cache {
    var layers = UniqueArray<Tensor>(minimumCapacity: blocks.count)
    for _ in blocks {
      layers.append(pass.executor.allocate([capacity, 2 * configuration.hidden], pass.type, .keyValueCache))
    }
    return Cache(capacity: capacity, layers: layers)
  }

  /// Runs new tokens of one sequence through the model and returns the logits [V] that follow the last one.
  package func extend(
    ids: TensorView, _ cache: inout Cache, _ source: some ParameterSource, _ pass: Pass
  ) -> Tensor {
    var x = embedding.extend(ids, past: cache.past, source.parameters(of: 0), pass)
    for (layer, block) in blocks.enumerated() {
      x = block.extend(
        x, past: cache.past, cache: cache.layers[layer].view, capacity: cache.capacity,
        source.parameters(of: layer + 1), pass)
    }
    cache.past += pass.rows
    let hidden = configuration.hidden
    let last = x.view[(pass.rows - 1) * hidden..<pass.rows * hidden]
    return head.generate(last, tied: tiedTable(source), source.parameters(of: lastUnit), pass)
  }
}
