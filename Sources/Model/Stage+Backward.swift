import BasicContainers
package import Execution

extension Stage {
  /// What the weight gradients of a micro-batch still need, from the head down.
  package struct Pending: ~Copyable {
    fileprivate let head: LanguageModelHead.Pending?
    fileprivate let blocks: UniqueArray<Block.Pending>
  }
  package struct Backward: ~Copyable {
    /// What the stage before receives; nil from the first.
    package let dx: Tensor?
    /// Nil where the weight gradients are done.
    package let pending: Pending?

    package consuming func split(_ body: (consuming Tensor?, consuming Pending?) throws -> Void) rethrows {
      try body(dx, pending)
    }
  }

  /// The gradients of a micro-batch. Every unit is gathered a second time, embeddings too, which need no values here: so the paper
  /// counts, and so DeepSpeed and FSDP do.
  ///
  /// - Parameters:
  ///   - dy: the gradient of what the stage made; nil for the last.
  ///   - later: whether the gradients of matrices are left for `backwardWeight`; else each unit is reported as it is complete.
  package func backward(
    _ dy: consuming Tensor?, _ saved: consuming Saved, _ batch: Batch, _ source: some ParameterSource,
    _ sink: some GradientSink, later: Bool, _ pass: Pass
  ) throws -> Backward {
    try source.begin(order.reversed())
    var blocks = saved.blocks
    let top = try backwardHead(saved.head, dy, batch, source, sink, later: later, pass)
    var pendingBlocks = UniqueArray<Block.Pending>()
    var dx = top.dx
    for layer in layers.reversed() {
      let result = try backward(layer, dx, blocks.popLast()!, source, sink, later: later, pass)
      if let pending = result.pending { pendingBlocks.append(pending) }
      dx = result.dx
    }
    let pending = later ? Pending(head: top.pending, blocks: pendingBlocks) : nil
    guard isFirst else { return Backward(dx: dx, pending: pending) }
    try backwardEmbedding(dx, batch.ids!, source, sink, pass)
    if !later { try finishEmbedding(sink) }
    return Backward(dx: nil, pending: pending)
  }

  /// The gradients that `backward` left, unit by unit.
  package func backwardWeight(_ pending: consuming Pending, _ sink: some GradientSink, _ pass: Pass) throws {
    var blocks = pending.blocks
    if let head = pending.head {
      try model.head.backwardWeight(head, outputTarget(sink), pass)
      try finishHead(sink)
    }
    var rest = UniqueArray<Block.Pending>(minimumCapacity: blocks.count)
    while let block = blocks.popLast() { rest.append(block) }
    for layer in layers.reversed() {
      try model.blocks[layer].backwardWeight(rest.popLast()!, sink.gradients(of: model.blockUnit(layer)), pass)
      try sink.finished(model.blockUnit(layer))
    }
    if isFirst { try finishEmbedding(sink) }
  }

  private struct HeadResult: ~Copyable {
    let dx: Tensor
    let pending: LanguageModelHead.Pending?
  }

  private func backwardHead(
    _ saved: consuming LanguageModelHead.Saved?, _ dy: consuming Tensor?, _ batch: Batch,
    _ source: some ParameterSource, _ sink: some GradientSink, later: Bool, _ pass: Pass
  ) throws -> HeadResult {
    guard let saved else { return HeadResult(dx: dy!, pending: nil) }
    let table = try outputTable(source)
    let top = try model.head.backward(
      saved, targets: batch.targets!, scale: batch.scale, table: table, outputTarget(sink),
      source.parameters(of: model.headUnit), sink.gradients(of: model.headUnit), later: later, pass)
    pass.probe?.see("head input gradient", top.dx.view, rows: pass.heldRows)
    source.release(model.headUnit)
    source.release(model.outputUnit)
    if !later { try finishHead(sink) }
    return HeadResult(dx: top.dx, pending: top.pending)
  }

  private func backward(
    _ layer: Int, _ dy: consuming Tensor, _ saved: consuming Block.Saved, _ source: some ParameterSource,
    _ sink: some GradientSink, later: Bool, _ pass: Pass
  ) throws -> Block.Backward {
    let unit = model.blockUnit(layer)
    let result = try model.blocks[layer].backward(
      dy, saved, source.parameters(of: unit), sink.gradients(of: unit), later: later, pass)
    source.release(unit)
    if !later { try sink.finished(unit) }
    return result
  }

  private func backwardEmbedding(
    _ dx: consuming Tensor, _ ids: TensorView, _ source: some ParameterSource, _ sink: some GradientSink, _ pass: Pass
  ) throws {
    for unit in [model.positionUnit, Transformer.tableUnit].compactMap({ $0 }) {
      _ = try source.parameters(of: unit)
      source.release(unit)
    }
    try model.embedding.backward(
      dx, ids, sink.gradients(of: Transformer.tableUnit), model.positionUnit.map { sink.gradients(of: $0) }, pass)
  }

  /// A table that the embedding shares gets its other part there, and is finished there.
  private func finishHead(_ sink: some GradientSink) throws {
    try sink.finished(model.headUnit)
    if model.outputUnit != Transformer.tableUnit { try sink.finished(model.outputUnit) }
  }

  private func finishEmbedding(_ sink: some GradientSink) throws {
    if let unit = model.positionUnit { try sink.finished(unit) }
    try sink.finished(Transformer.tableUnit)
  }

  private func outputTarget(_ sink: some GradientSink) -> TableTarget {
    TableTarget(gradients: sink.gradients(of: model.outputUnit), table: model.outputTable)
  }
}
