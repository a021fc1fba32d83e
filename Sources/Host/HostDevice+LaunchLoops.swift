import Kernels
import Program

// What the program says, in the words of the loops.

extension MaskKey {
  init(_ key: Region, _ dropout: Dropout) {
    self.init(
      key, site: dropout.site, probability: dropout.probability, sequence: dropout.sequence, firstRow: dropout.firstRow)
  }
}

extension AttentionShape {
  var loop: AttentionLoop {
    AttentionLoop(
      batch: batch, sequence: sequence, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, causal: causal,
      firstHead: firstHead)
  }
}

extension PositionShape {
  var loop: PositionLoop {
    PositionLoop(rows: rows, columns: columns, positions: positions, sequence: sequence, firstRow: firstRow)
  }
}

extension RotaryShape {
  var loop: RotaryLoop {
    RotaryLoop(
      rows: rows, sequence: sequence, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, past: past)
  }
}

extension Activation {
  var loop: ActivationLoop {
    switch self {
    case .relu: .relu
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    case .quickGELU: .quickGELU
    }
  }
}
