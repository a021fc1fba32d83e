import Collectives
import Mesh
import PipelineSchedules
import Program
import TestSupport
import Testing
import Training

/// A fault in one layout, and the law that must report it.
struct LayoutMutant: Sendable, CustomTestStringConvertible {
  enum Law: String, Sendable {
    case losses, norms, copies, replicas
  }
  var name: String
  var layout: TinyLayout
  var law = Law.losses
  /// Whether values are dropped; the model is plain otherwise.
  var drops = false
  var fault: FaultyDevice.Fault

  var testDescription: String { "\(name) [\(layout)]" }

  var run: TinyRun {
    var run = TinyRun.divisible
    // Every step in proportion to its gradient, so that no factor goes unseen.
    (run.optimizer, run.rate, run.clipping) = (.momentum(), 0.1, 0.5)
    run.drop(drops ? 0.2 : 0)
    return run
  }

  /// What the law says of the layout's run.
  func violation(_ fault: FaultyDevice.Fault, as single: RankReport) throws -> String? {
    let reports = try run.train(layout, interference: .fault(fault))
    return switch law {
    case .losses: Laws.sameLosses(reports, as: single, within: 1e-10)
    case .norms:
      Laws.equivalent(reports, to: single, within: Tolerance(loss: .infinity, norm: 1e-10, parameter: .infinity))
    case .copies: Laws.copiesAgree(reports, in: layout)
    case .replicas: Laws.replicasAgree(reports, in: layout)
    }
  }
}

extension LayoutMutant {
  static let all = dropped + sequenceParallel + displaced + counted + masked

  private static func transfers(_ kind: CollectiveKind, _ scope: Scope) -> @Sendable (Transfer) -> Bool {
    { $0.kind == kind && $0.scope == scope && $0.count > 1 }
  }

  private static func dropping(
    _ kind: CollectiveKind, _ scope: Scope, _ law: Law = .losses, _ change: (inout TinyLayout) -> Void
  ) -> LayoutMutant {
    LayoutMutant(
      name: "a dropped \(kind.rawValue) along \(scope.rawValue)", layout: .cut(change), law: law,
      fault: .drops(transfers(kind, scope)))
  }

  private static let dropped: [LayoutMutant] = [
    dropping(.allReduce, .data) { $0.data = 2 },
    dropping(.allReduce, .data, .replicas) { $0.data = 2 },
    dropping(.allReduce, .data) { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1, profile: .deepspeed)) },
    dropping(.allReduce, .tensor) { $0.tensor = 2 },
    dropping(.allReduce, .ends) { ($0.pipeline, $0.microBatches) = (2, 2) },
    dropping(.allReduce, .ends, .copies) { ($0.pipeline, $0.microBatches) = (2, 2) },
    dropping(.allReduce, .replicate) { ($0.data, $0.shardSize, $0.zero) = (4, 2, ZeROPlan(stage: 2)) },
    dropping(.reduceScatter, .shard) { ($0.data, $0.shardSize, $0.zero) = (4, 2, ZeROPlan(stage: 2)) },
    dropping(.reduceScatter, .data) { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) },
    dropping(.reduceScatter, .data) { ($0.data, $0.microBatches, $0.zero) = (2, 2, ZeROPlan(stage: 2)) },
    dropping(.reduceScatter, .data) { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) },
    dropping(.allGather, .data) { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) },
    dropping(.allGather, .data) { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) },
    dropping(.allGather, .world) { $0.pipeline = 2 },
    dropping(.allGather, .world, .norms) { $0.data = 2 },
    LayoutMutant(
      name: "a dropped maximum over the vocabulary", layout: .cut { $0.tensor = 2 },
      fault: .drops { $0.reduction == .maximum }),
    LayoutMutant(
      name: "a dropped sum over the vocabulary", layout: .cut { $0.tensor = 2 },
      fault: .drops { $0.scope == .tensor && $0.algorithm == .schedule(.recursive) && $0.reduction == .sum }),
  ]

  private static let sequenceParallel: [LayoutMutant] = [
    dropping(.reduceScatter, .tensor) { ($0.tensor, $0.isSequenceParallel) = (2, true) },
    dropping(.allGather, .tensor) { ($0.tensor, $0.isSequenceParallel) = (2, true) },
    LayoutMutant(
      name: "a dropped sum of replicated parameters' gradients",
      layout: .cut { ($0.tensor, $0.isSequenceParallel) = (2, true) },
      // One value or two for each of the batch's 64 rows belong to the loss.
      fault: .drops { $0.scope == .tensor && $0.kind == .allReduce && ![64, 128].contains($0.count) }),
  ]

  private static let displaced: [LayoutMutant] = [
    LayoutMutant(
      name: "a rolled shard of a parameter", layout: .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) },
      fault: .rolls(transfers(.allGather, .data), shard: 1)),
    LayoutMutant(
      name: "a rolled shard of a gathered parameter", layout: .cut { ($0.data, $0.zero) = (4, ZeROPlan(stage: 3)) },
      fault: .rolls(transfers(.allGather, .data), shard: 2)),
    LayoutMutant(
      name: "rolled rows", layout: .cut { ($0.tensor, $0.isSequenceParallel) = (2, true) },
      fault: .rolls(transfers(.allGather, .tensor), shard: 0)),
    LayoutMutant(
      name: "a gathered parameter of the step before",
      layout: .cut { ($0.data, $0.microBatches, $0.zero) = (2, 2, ZeROPlan(stage: 3)) },
      fault: .delays(transfers(.allGather, .data), shard: 1)),
    LayoutMutant(
      name: "a gathered parameter of the step before, in sets of shards",
      layout: .cut { ($0.data, $0.shardSize, $0.zero) = (4, 2, ZeROPlan(stage: 3)) },
      fault: .delays(transfers(.allGather, .shard), shard: 0)),
    exchanged("two activations that change places", 1, 2),
    exchanged("two activation gradients that change places", 13, 14),
  ]

  /// Of two stages and four micro-batches, activations have tags from 0, and gradients from 12.
  private static func exchanged(_ name: String, _ first: Int, _ second: Int) -> LayoutMutant {
    LayoutMutant(
      name: name, layout: .cut { ($0.pipeline, $0.microBatches, $0.schedule) = (2, 4, .gPipe) },
      fault: .exchanges(tag: first, with: second))
  }

  private static let counted: [LayoutMutant] = [
    LayoutMutant(
      name: "a norm that counts replicated parameters on every rank", layout: .cut { $0.tensor = 2 }, law: .norms,
      fault: .countsReplicatedAgain),
    LayoutMutant(
      name: "the clipping that follows from such a norm", layout: .cut { $0.tensor = 2 },
      fault: .countsReplicatedAgain),
    LayoutMutant(
      name: "a bias that every part of a sum brings along", layout: .cut { $0.tensor = 2 },
      fault: .doubles("add-bias")),
  ]

  private static let masked: [LayoutMutant] = [
    LayoutMutant(
      name: "dropout masks by the rank's own rows", layout: .cut { ($0.tensor, $0.isSequenceParallel) = (2, true) },
      drops: true, fault: .launches { $0.fromOwnRows }),
    LayoutMutant(
      name: "dropout masks by the rank's own heads", layout: .cut { $0.tensor = 2 }, drops: true,
      fault: .launches { $0.fromOwnHeads }),
    LayoutMutant(
      name: "dropout masks by the rank's own samples", layout: .cut { $0.data = 2 }, drops: true,
      fault: .countsSamplesLocally),
  ]
}

extension Operation {
  /// The same with rows counted from the rank's first.
  fileprivate var fromOwnRows: Operation {
    switch self {
    case .residualAdd(let rows, let columns, var dropout?, let type):
      dropout.firstRow = 0
      return .residualAdd(rows: rows, columns: columns, dropout, type)
    case .dropoutBackward(let rows, let columns, var dropout, let type):
      dropout.firstRow = 0
      return .dropoutBackward(rows: rows, columns: columns, dropout, type)
    default: return self
    }
  }

  /// The same with heads counted from the rank's first.
  fileprivate var fromOwnHeads: Operation {
    switch self {
    case .attention(var shape, let type):
      shape.firstHead = 0
      return .attention(shape, type)
    case .attentionBackward(var shape, let type):
      shape.firstHead = 0
      return .attentionBackward(shape, type)
    default: return self
    }
  }
}
