import BasicContainers
package import Execution
import Program

extension Transformer {
  /// The key-value caches of one sequence, a tensor [capacity, 2·Akv·D] for each layer.
  package struct Cache: ~Copyable {
    package let capacity: Int
    /// Tokens that the caches hold.
    package fileprivate(set) var past = 0
    fileprivate var layers: UniqueArray<Tensor>
  }

  package func makeCache(capacity: Int, _ pass: Pass) -> Cache {
    var layers = UniqueArray<Tensor>(minimumCapacity: blocks.count)
    for block in blocks {
      layers.append(pass.executor.allocate([capacity, block.cacheWidth], pass.type, .keyValueCache))
    }
    return Cache(capacity: capacity, layers: layers)
  }

  /// Runs new tokens of one sequence through the model and returns the logits [V] that follow the last one.
  package func extend(
    ids: TensorView, _ cache: inout Cache, _ source: some ParameterSource, _ pass: Pass
  ) throws -> Tensor {
    let stage = Stage(self)
    try source.begin(stage.order)
    let positions = try positionUnit.map { try source.parameters(of: $0) }
    var x = embedding.extend(
      ids, past: cache.past, try source.parameters(of: Transformer.tableUnit), positions, pass)
    for (layer, block) in blocks.enumerated() {
      x = try block.extend(
        x, past: cache.past, cache: cache.layers[layer].view, capacity: cache.capacity,
        source.parameters(of: blockUnit(layer)), pass)
    }
    cache.past += pass.rows
    return try logits(after: x, table: stage.outputTable(source), source.parameters(of: headUnit), pass)
  }

  private func logits(
    after x: borrowing Tensor, table: TensorView, _ parameters: Parameters, _ pass: Pass
  ) -> Tensor {
    let hidden = architecture.hidden
    let last = x.view[(pass.rows - 1) * hidden..<pass.rows * hidden]
    return head.generate(last, table: table, parameters, pass)
  }
}
