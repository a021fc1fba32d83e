package import Program
import Quantities
import Training

extension ClosedForms {
  /// Bytes over all ranks of what lasts from step to step, and of gradients: per parameter 2 + 4 + 12 bytes in mixed precision with
  /// Adam, each divided by n from its own ZeRO stage on.
  ///
  /// - Source: Rajbhandari et al. 2020, arXiv:1910.02054, §3.1 and figure 1, with Megatron-LM's fp32 gradients.
  package var memory: [MemoryCategory: Int] {
    let (stage, whole) = (layout.zero.stage, data * held)
    // A set of shards of one rank is that rank's whole.
    let shared = replicas * held
    let offloads = layout.zero.offloadsOptimizer
    let masters = offloads || run.precision.master != run.precision.type ? 1 : 0
    let states = (run.optimizer.stateCount + masters) * run.precision.master.size * updatedCopies * held
    return [
      .parameters: (stage == 3 ? shared : whole) * value, .gradients: (stage >= 2 ? shared : whole) * gradient,
      .optimizer: offloads ? 0 : states, .offloaded: offloads ? states : 0,
    ]
  }
}
