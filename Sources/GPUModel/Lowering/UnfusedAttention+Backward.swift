import Program
import Quantities

extension UnfusedAttention {
  /// dV = dropout(P)ᵀ·dY;  dP = dY·Vᵀ;  dS = softmax′(P, dropout′(dP))·scale;  dKᵀ = Qᵀ·dS;  dQ = dS·K
  ///
  /// Four products where probabilities were kept; where not, what makes them comes first, and the products are five.
  var backward: [LoweredKernel] {
    again + entering
      + [
        product("bmm", .nt, m: keys, n: headSize, k: queries), product("bmm", .tn, m: queries, n: keys, k: headSize),
      ] + scores
      + [
        product("bmm", .nt, m: headSize, n: keys, k: queries), product("bmm", .nn, m: queries, n: headSize, k: keys),
      ] + leaving
  }

  private var fusion: Lowering.Fusion { lowering.fusion }

  private var again: [LoweredKernel] {
    guard lowering.attention == .recomputed else { return [] }
    return probabilities + (drops && fusion != .compiled ? [lowering.dropout(scoreCount, type)] : [])
  }

  /// Eager: dY is copied apart, head by head.
  private var entering: [LoweredKernel] { fusion == .eager ? [.copy("split-heads", queryCount, type)] : [] }

  /// From the gradient of dropped probabilities to that of the scores.
  private var scores: [LoweredKernel] {
    let dropping = drops ? [lowering.dropoutBackward(scoreCount, type)] : []
    let softmax = LoweredKernel.rows(
      .softmaxBackward, fusion == .eager ? "softmax-backward" : "scale-mask-softmax-backward",
      rows: batch * heads * queries, columns: keys, type, reads: 2)
    switch fusion {
    case .eager:
      return dropping + [softmax, .pass("scale-backward", scoreCount, reads: 1, type)]
    case .fused: return dropping + [softmax]
    case .compiled: return [drops ? softmax.readingMask(scoreCount) : softmax]
    }
  }

  /// Heads' gradients are summed where heads shared keys and values, brought together (eager; dKᵀ lies so that it needs no copy
  /// unless it was summed) and packed side by side.
  private var leaving: [LoweredKernel] {
    let (all, stored) = (batch * heads * keys * headSize, batch * keyValueHeads * keys * headSize)
    let sum = LoweredKernel.reduction("head-sum", all, to: stored, type)
    let copies = ([queryCount, stored] + (isRepeated ? [stored] : [])).map {
      LoweredKernel.copy("merge-heads", $0, type)
    }
    return (isRepeated ? [sum, sum] : []) + (fusion == .eager ? copies : [])
      + [.copy("concatenate", queryCount + 2 * stored, type)]
  }
}

extension LoweredKernel {
  /// The same pass applies the dropout's mask first.
  fileprivate func readingMask(_ count: Int) -> LoweredKernel {
    let read = traffic.read + ByteCount(count)
    return .stream(
      "dropout-backward+\(name)", count, Traffic(read: read, written: traffic.written), operations: 5)
  }
}
