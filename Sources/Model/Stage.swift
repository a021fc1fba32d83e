import BasicContainers
package import Execution

/// A part of the model that one pipeline action runs through: some layers, the embedding before the first, the head after the last.
///
/// - Communicates: along the tensor axis, what its layers do. What flows between stages is its caller's to send.
package struct Stage: Sendable {
  package let model: Transformer
  package let layers: Range<Int>
  package let isFirst, isLast: Bool

  package init(_ model: Transformer, layers: Range<Int>, isFirst: Bool, isLast: Bool) {
    (self.model, self.layers, self.isFirst, self.isLast) = (model, layers, isFirst, isLast)
  }

  /// The whole model as one stage.
  package init(_ model: Transformer) {
    self.init(model, layers: 0..<model.architecture.layers, isFirst: true, isLast: true)
  }

  /// The units that the stage's parameters are in, in the order of the forward pass.
  package var units: [Int] {
    var seen: Set<Int> = []
    return order.filter { seen.insert($0).inserted }
  }

  /// Units in the order in which a forward pass uses them; one of a tied table occurs twice where both ends are here.
  var order: [Int] {
    let first = isFirst ? [Transformer.tableUnit] + (model.positionUnit.map { [$0] } ?? []) : []
    let last = isLast ? [model.headUnit, model.outputUnit] : []
    return first + layers.map(model.blockUnit) + last
  }

  /// What belongs to one micro-batch beside its activations.
  package struct Batch {
    /// int32 [N]: token ids, which the first stage reads, and the ids that follow each, which the last reads.
    package let ids, targets: TensorView?
    /// One fp64 value: receives the sum of the rows' losses. One value: what every row's gradient is multiplied by.
    package let loss, scale: TensorView

    package init(ids: TensorView?, targets: TensorView?, loss: TensorView, scale: TensorView) {
      (self.ids, self.targets, self.loss, self.scale) = (ids, targets, loss, scale)
    }
  }

  /// What a micro-batch leaves behind for its backward pass.
  package struct Saved: ~Copyable {
    let blocks: UniqueArray<Block.Saved>
    let head: LanguageModelHead.Saved?
  }
  package struct Output: ~Copyable {
    /// What the next stage reads; nil after the last.
    package let hidden: Tensor?
    package let saved: Saved

    package consuming func split(_ body: (consuming Tensor?, consuming Saved) throws -> Void) rethrows {
      try body(hidden, saved)
    }
  }
}

extension Stage {
  /// - Parameter x: what the stage before made; nil for the first.
  package func forward(
    _ x: consuming Tensor?, _ batch: Batch, _ source: some ParameterSource, _ pass: Pass
  ) throws -> Output {
    try source.begin(order)
    var saved = UniqueArray<Block.Saved>(minimumCapacity: layers.count)
    var hidden = try x ?? embed(batch.ids!, source, pass)
    for layer in layers {
      let output = try model.blocks[layer].forward(hidden, source.parameters(of: model.blockUnit(layer)), pass)
      source.release(model.blockUnit(layer))
      saved.append(output.saved)
      hidden = output.y
    }
    guard isLast else { return Output(hidden: hidden, saved: Saved(blocks: saved, head: nil)) }
    let head = try loss(of: hidden, batch, source, pass)
    return Output(hidden: nil, saved: Saved(blocks: saved, head: head))
  }

  /// Loss alone: what each layer saves is let go at once.
  package func evaluate(
    _ x: consuming Tensor?, _ batch: Batch, _ source: some ParameterSource, _ pass: Pass
  ) throws -> Tensor? {
    try source.begin(order)
    var hidden = try x ?? embed(batch.ids!, source, pass)
    for layer in layers {
      let output = try model.blocks[layer].forward(hidden, source.parameters(of: model.blockUnit(layer)), pass)
      source.release(model.blockUnit(layer))
      hidden = output.y
    }
    guard isLast else { return hidden }
    _ = try loss(of: hidden, batch, source, pass)
    return nil
  }

  private func embed(_ ids: TensorView, _ source: some ParameterSource, _ pass: Pass) throws -> Tensor {
    let table = try source.parameters(of: Transformer.tableUnit)
    let positions = try model.positionUnit.map { try source.parameters(of: $0) }
    let x = try model.embedding.forward(ids, table, positions, pass)
    source.release(Transformer.tableUnit)
    if let unit = model.positionUnit { source.release(unit) }
    pass.probe?.see("embedding output", x.view, rows: pass.heldRows)
    return x
  }

  private func loss(
    of x: consuming Tensor, _ batch: Batch, _ source: some ParameterSource, _ pass: Pass
  ) throws -> LanguageModelHead.Saved {
    let parameters = try source.parameters(of: model.headUnit)
    let saved = try model.head.forward(
      x, targets: batch.targets!, loss: batch.loss, table: outputTable(source), parameters, pass)
    source.release(model.headUnit)
    source.release(model.outputUnit)
    return saved
  }

  func outputTable(_ source: some ParameterSource) throws -> TensorView {
    try source.parameters(of: model.outputUnit)[model.outputTable]
  }
}
