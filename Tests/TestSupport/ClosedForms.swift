package import Collectives
package import Execution
package import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import Training

/// What the literature says a step of a layout moves and keeps, summed over all ranks, in bytes: counted from the sizes of the model
/// and of the layout alone, without a look at how the program is made.
///
/// A collective of X bytes over n ranks sends, over all of them, 2(n − 1)X as an all-reduce and (n − 1)X as a reduce-scatter or an
/// all-gather, however X divides.
/// - Source: Rajbhandari et al. 2020, arXiv:1910.02054, §7; Shoeybi et al. 2019, arXiv:1909.08053, §3; Korthikanti et al. 2022,
///   arXiv:2205.05198, §4.2; Narayanan et al. 2021, arXiv:2104.04473, §3.
package struct ClosedForms {
  /// Who talks, and how.
  package struct Channel: Hashable, CustomStringConvertible {
    package var scope: Scope
    package var kind: Ledger.Kind

    package init(_ scope: Scope, _ kind: Ledger.Kind) { (self.scope, self.kind) = (scope, kind) }
    package init(_ scope: Scope, _ kind: CollectiveKind) { self.init(scope, .collective(kind)) }

    package var description: String { "\(scope.rawValue) \(kind.name)" }
  }

  let run: TinyRun
  let layout: TinyLayout
  let sizes: ModelSizes

  package init(_ run: TinyRun, _ layout: TinyLayout) {
    (self.run, self.layout, sizes) = (run, layout, ModelSizes(run.model.architecture))
  }

  var data: Int { layout.data }
  var tensor: Int { layout.tensor }
  var pipeline: Int { layout.pipeline }
  /// Micro-batches of a data-parallel rank.
  var microBatches: Int { layout.microBatches }
  /// Tokens of a micro-batch.
  var rows: Int { run.globalBatch / data / microBatches * run.sequence }
  var stages: Int { layout.pipelinePlan.schedule.stageCount }
  var shardSize: Int { layout.shardSize ?? data }
  var replicas: Int { data / shardSize }
  /// Bytes of a parameter or an activation, of a gradient, of a statistic.
  var value: Int { run.precision.type.size }
  var gradient: Int { run.precision.gradient.size }
  var statistic: Int { run.precision.type.accumulation.size }

  /// Whether first and last stage each have a table of a tied model, and whether on different ranks.
  var copiesTable: Bool { sizes.isTied && stages > 1 }
  var tableSpansRanks: Bool { copiesTable && pipeline > 1 && !layout.schedule.turnsAround }

  /// Ψ: values that the ranks of one data-parallel coordinate hold together.
  package var held: Int { sizes.cut + tensor * sizes.replicated + (copiesTable ? sizes.table : 0) }
  /// How often the updated parts of all data-parallel ranks make up a whole.
  var updatedCopies: Int { layout.zero.stage == 0 ? data : replicas }

  /// Bytes sent over all ranks, by channel; channels without any are left out.
  package var sent: [Channel: Int] {
    dataParallel.merging(tensorParallel, uniquingKeysWith: +).merging(pipelineParallel, uniquingKeysWith: +)
      .merging(scalars, uniquingKeysWith: +).filter { $0.value > 0 }
  }
}

extension ScheduleName {
  /// Whether stages run down the ranks and back up, so that the first rank has the last stage too.
  var turnsAround: Bool { self == .zeroBubbleV || self == .dualPipeV }
}
