package import Execution
import Program

/// Token and position tables.
///
///     x[N, H] = dropout(tokens[V, H] at ids + positions[P, H] at 0..<S)
///
/// - Saves: nothing; the ids are an input.
/// - Communicates: nothing.
package struct TokenEmbedding: Sendable {
  private let vocabulary, positions, hidden: Int
  let tokens: ParameterID
  private let table: ParameterID
  private let probability: Double

  package init(_ configuration: GPT2Configuration, in unit: inout ParameterUnit) {
    (vocabulary, positions, hidden) = (configuration.vocabularySize, configuration.positions, configuration.hidden)
    probability = configuration.embeddingDropout
    let normal = Initialization.normal(deviation: configuration.initializerRange)
    tokens = unit.add(ParameterSpec("transformer.wte.weight", [vocabulary, hidden], normal, decays: true))
    table = unit.add(ParameterSpec("transformer.wpe.weight", [positions, hidden], normal, decays: true))
  }

  package func forward(_ ids: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let x = pass.activation([pass.rows, hidden])
    let shape = shape(pass, positions)
    pass.executor.launch(
      .embedding(shape, pass.type),
      reading: [parameters[tokens], parameters[table], ids] + pass.key(shape.dropout), writing: [x.view])
    return x
  }

  /// Ids of one sequence that begin at position `past`.
  package func extend(_ ids: TensorView, past: Int, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let x = pass.activation([pass.rows, hidden])
    let rows = parameters[table][past * hidden..<(past + pass.rows) * hidden]
    pass.executor.launch(
      .embedding(shape(pass, pass.rows), pass.type), reading: [parameters[tokens], rows, ids], writing: [x.view])
    return x
  }

  /// Adds to both tables' gradients. `tokensHold` says that the head's gradient of a tied table is already there.
  package func backward(
    _ dx: consuming Tensor, _ ids: TensorView, _ gradients: Gradients, tokensHold: Bool, _ pass: Pass
  ) {
    if !gradients.accumulate {
      if !tokensHold { clear(gradients[tokens], pass) }
      clear(gradients[table], pass)
    }
    let shape = shape(pass, positions)
    pass.executor.launch(
      .embeddingBackward(shape, pass.type), reading: [dx.view, ids] + pass.key(shape.dropout),
      writing: [gradients[tokens], gradients[table]])
  }

  private func clear(_ view: TensorView, _ pass: Pass) {
    pass.executor.launch(.fill(count: view.count, value: 0, pass.type), writing: [view])
  }

  private func shape(_ pass: Pass, _ positions: Int) -> EmbeddingShape {
    EmbeddingShape(
      rows: pass.rows, columns: hidden, vocabulary: vocabulary, positions: positions, sequence: pass.sequence,
      dropout: pass.dropout(probability, site: 0))
  }
}
