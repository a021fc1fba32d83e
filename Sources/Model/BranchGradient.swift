import Execution
import Program

/// A gradient that arrives at a residual addition: it goes on along the residual as it is, and into the branch through the dropout.
package struct BranchGradient: ~Copyable {
  let residual: Tensor
  private let dropped: Tensor?
  /// What the branch receives: the residual's own gradient where nothing was dropped.
  let branch: TensorView

  init(_ gradient: consuming Tensor, _ dropout: Dropout?, _ pass: Pass) {
    let view = gradient.view
    residual = gradient
    guard let dropout else {
      branch = view
      dropped = nil
      return
    }
    let rows = pass.heldRows.count
    let columns = view.count / rows
    let result = pass.activation([rows, columns])
    pass.executor.launch(
      .dropoutBackward(rows: rows, columns: columns, dropout, pass.type), reading: [view] + pass.key(dropout),
      writing: [result.view])
    branch = result.view
    dropped = consume result
  }
}
