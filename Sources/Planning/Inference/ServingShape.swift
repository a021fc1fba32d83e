import Program
package import Quantities

/// The two passes that serving is made of, for one sequence: its prompt, and its last token.
package struct ServingShape: Hashable, Sendable {
  package let prefill, decode: GenerationProgram.Pass

  package var prompt: Int { prefill.new }
  package var context: Int { decode.past + decode.new }
}

extension GenerationProgram.Pass {
  /// Of one sequence, everything counted.
  package var flops: FLOPCount {
    trace.nodes.reduce(.zero) { sum, node in
      if case .operation(let operation, _) = node { sum + operation.flops } else { sum }
    }
  }
}
