package import Execution
import Mesh
import Program

/// Token table, and a position table where positions are learned.
///
///     x[N, H] = dropout(tokens[V, H] at ids + positions[P, H] at 0..<S)
///
/// Tensor-parallel ranks hold rows of the token table; parts may differ by one row, so any vocabulary divides.
///
/// - Saves: nothing; the ids are an input.
/// - Communicates: forward, the sum of [N, H] along the tensor axis (a reduce-scatter under sequence parallelism); backward, under
///   sequence parallelism, a gather of dx.
package struct TokenEmbedding: Sendable {
  private let vocabulary: Range<Int>
  private let positions, hidden: Int
  let tokens: ParameterID
  private let table: ParameterID?
  private let probability: Double

  /// - Parameter positionUnit: takes the position table, where there is one.
  package init(_ a: Architecture, in unit: inout ParameterUnit, positionUnit: inout ParameterUnit) {
    (positions, hidden, probability) = (a.positionCount, a.hidden, a.embeddingDropout)
    vocabulary = unit.partition.part(of: a.vocabulary)
    tokens = unit.add(TokenEmbedding.table(a))
    table =
      a.positions == .learned
      ? positionUnit.add(
        ParameterSpec(a.naming.positions, [positions, hidden], .normal(deviation: a.deviation), decays: true)) : nil
  }

  /// The token table, which may also be the head's.
  static func table(_ a: Architecture) -> ParameterSpec {
    ParameterSpec(
      a.naming.tokens, [a.vocabulary, a.hidden], .normal(deviation: a.deviation), decays: true,
      sharding: .sharded(dimension: 0, along: .tensor))
  }

  var hasPositions: Bool { table != nil }

  /// - Parameter positionParameters: nil where there is no position table.
  package func forward(
    _ ids: TensorView, _ parameters: Parameters, _ positionParameters: Parameters?, _ pass: Pass
  ) throws -> Tensor {
    let x = try pass.sum(lookUp(ids, parameters, pass))
    if let table, let positionParameters {
      let shape = shape(pass)
      pass.executor.launch(
        .addPositions(shape, pass.type), reading: [positionParameters[table]] + pass.key(shape.dropout),
        writing: [x.view])
    }
    return x
  }

  /// Ids of one sequence that begin at position `past`.
  package func extend(
    _ ids: TensorView, past: Int, _ parameters: Parameters, _ positionParameters: Parameters?, _ pass: Pass
  ) -> Tensor {
    let x = lookUp(ids, parameters, pass)
    if let table, let positionParameters {
      let rows = positionParameters[table][past * hidden..<(past + pass.rows) * hidden]
      let shape = PositionShape(rows: pass.rows, columns: hidden, positions: pass.rows, sequence: pass.rows)
      pass.executor.launch(.addPositions(shape, pass.type), reading: [rows], writing: [x.view])
    }
    return x
  }

  private func lookUp(_ ids: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let x = pass.activation([pass.rows, hidden])
    pass.executor.launch(
      .tokenEmbedding(embedding(pass), pass.type), reading: [parameters[tokens], ids], writing: [x.view])
    return x
  }

  /// Adds to both tables' gradients.
  package func backward(
    _ dx: consuming Tensor, _ ids: TensorView, _ gradients: Gradients, _ positionGradients: Gradients?, _ pass: Pass
  ) throws {
    if let table, let positionGradients {
      let shape = shape(pass)
      pass.executor.launch(
        .addPositionsBackward(shape, pass.type, gradient: pass.gradient), reading: pass.key(shape.dropout),
        writing: [dx.view, cleared(positionGradients, table, pass)])
    }
    let gathered = try pass.gather(dx.view)
    pass.executor.launch(
      .tokenEmbeddingBackward(embedding(pass), pass.type, gradient: pass.gradient),
      reading: [gathered.view, ids], writing: [cleared(gradients, tokens, pass)])
    _ = consume gathered
  }

  /// A gradient's place; zero where none is there yet.
  private func cleared(_ gradients: Gradients, _ id: ParameterID, _ pass: Pass) -> TensorView {
    let (view, accumulate) = gradients.next(id)
    if !accumulate {
      pass.executor.launch(.fill(count: view.count, value: 0, pass.gradient), writing: [view])
    }
    return view
  }

  private func embedding(_ pass: Pass) -> EmbeddingShape {
    EmbeddingShape(rows: pass.rows, columns: hidden, vocabulary: vocabulary.count, first: vocabulary.lowerBound)
  }

  private func shape(_ pass: Pass) -> PositionShape {
    PositionShape(
      rows: pass.heldRows.count, columns: hidden, positions: positions, sequence: pass.sequence,
      firstRow: pass.heldRows.lowerBound, dropout: pass.dropout(probability, site: 0))
  }
}
