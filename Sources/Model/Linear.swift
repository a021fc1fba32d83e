package import Execution
import Mesh
import Program

/// A linear layer, whole or a tensor-parallel rank's part of it.
///
///     y[N, O] = x[N, I] · W[I, O] + b[O]
///
/// Column-parallel ranks hold columns of W and of y, and read all of x; row-parallel ranks hold rows of W and columns of x, and their
/// products are parts of a sum, to which the bias is added once.
///
/// - Cost: 2·N·I·O FLOPs forward, twice that backward, each divided by the ranks.
/// - Communicates: nothing itself; its owner sums and gathers.
/// - Saves: nothing of its own; whoever owns `x` keeps it until `backwardWeight`.
/// - Source: Shoeybi et al. 2019, arXiv:1909.08053, §3.
package struct Linear: Sendable {
  /// Which side of the matrix tensor-parallel ranks cut.
  package enum Cut: Sendable { case columns, rows }

  /// Of this rank's part.
  package let inputs, outputs: Int
  private let cut: Cut
  private let ranks: Int
  private let weights: [ParameterID]
  private let biases: [ParameterID]
  private let isTransposed: Bool

  /// One matrix, which may hold several outputs side by side.
  package struct Output: Sendable {
    package var name: String
    package var count: Int
    /// Equal sections of the columns, each of which is cut by itself.
    package var sections: Int

    package init(_ name: String, _ count: Int, sections: Int = 1) {
      (self.name, self.count, self.sections) = (name, count, sections)
    }
  }

  /// - Parameter transposed: whether files, and so buffers, hold [outputs, inputs]; several outputs can then be one matrix.
  package init(
    _ results: [Output], inputs: Int, cut: Cut, deviation: Double, bias: Bool, transposed: Bool,
    in unit: inout ParameterUnit
  ) {
    let partition = unit.partition
    precondition(transposed || results.count == 1, "matrices of [inputs, outputs] do not adjoin")
    (self.cut, ranks, isTransposed) = (cut, partition.size, transposed)
    let total = results.reduce(0) { $0 + $1.count }
    self.inputs = cut == .rows ? partition.share(inputs, of: "inputs of \(results[0].name)") : inputs
    outputs = cut == .columns ? partition.share(total, of: "outputs of \(results[0].name)") : total
    let cutDimension = (cut == .columns) == transposed ? 0 : 1
    weights = results.map { result in
      unit.add(
        ParameterSpec(
          "\(result.name).weight", transposed ? [result.count, inputs] : [inputs, result.count],
          .normal(deviation: deviation), decays: true,
          sharding: .sharded(
            dimension: cutDimension, along: .tensor, sections: cut == .columns ? result.sections : 1)))
    }
    biases =
      bias
      ? results.map { result in
        unit.add(
          ParameterSpec(
            "\(result.name).bias", [result.count], .constant(0), decays: false,
            sharding: cut == .columns
              ? .sharded(dimension: 0, along: .tensor, sections: result.sections) : .replicated))
      } : []
  }

  /// A bias of a sum of parts comes after the sum.
  private var addsBiasLater: Bool { cut == .rows && ranks > 1 && !biases.isEmpty }

  package func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = x.count / inputs
    let y = pass.activation([rows, outputs])
    let adds = !biases.isEmpty && !addsBiasLater
    let shape = MatmulShape(m: rows, n: outputs, k: inputs, transposeB: isTransposed, bias: adds)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.type),
      reading: [x, parameters[weights]] + (adds ? [parameters[biases]] : []), writing: [y.view])
    return y
  }

  /// Adds the bias that a row-parallel product still lacks, in place.
  package func addBias(to y: TensorView, _ parameters: Parameters, _ pass: Pass) {
    guard addsBiasLater else { return }
    pass.executor.launch(
      .addBias(rows: y.count / outputs, columns: outputs, pass.type), reading: [parameters[biases]], writing: [y])
  }

  /// dx[N, I] = dy · Wᵀ; of column-parallel ranks, a part of a sum.
  package func backwardInput(_ dy: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = dy.count / outputs
    let dx = pass.activation([rows, inputs])
    let shape = MatmulShape(m: rows, n: inputs, k: outputs, transposeB: !isTransposed)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.type), reading: [dy, parameters[weights]], writing: [dx.view])
    return dx
  }

  /// dW[I, O] (+)= xᵀ · dy, over all rows.
  package func backwardWeight(_ x: TensorView, _ dy: TensorView, _ gradients: Gradients, _ pass: Pass) {
    let rows = dy.count / outputs
    let (target, accumulate) = gradients.next(weights)
    let shape = MatmulShape(
      m: isTransposed ? outputs : inputs, n: isTransposed ? inputs : outputs, k: rows, transposeA: true,
      accumulate: accumulate)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.gradient), reading: isTransposed ? [dy, x] : [x, dy], writing: [target])
  }

  /// db[O] (+)= Σ dy over the rows that this rank holds.
  package func backwardBias(_ dy: TensorView, _ gradients: Gradients, _ pass: Pass) {
    guard !biases.isEmpty else { return }
    let (target, accumulate) = gradients.next(biases)
    pass.executor.launch(
      .columnSum(
        rows: dy.count / outputs, columns: outputs, accumulate: accumulate, pass.type, gradient: pass.gradient),
      reading: [dy], writing: [target])
  }
}
