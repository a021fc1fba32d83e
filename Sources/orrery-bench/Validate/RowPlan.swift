import Measurements
import Mesh
import Model
import Planning
import Program
import Quantities
import Training

/// A measured row as the run that it was: a plan, a mesh, and what its framework holds beside the program.
struct RowPlan {
  var plan: TrainingPlan
  var mesh: Mesh
  /// Nil for a framework of which nothing is known.
  var facts: FrameworkFacts?
  var run: FrameworkRun
  /// What stands for something that no model here has, of the same cost.
  var substitutions: [String]

  /// How much of a row is needed.
  enum Need {
    case wholeStep
    /// Layers alone: the vocabulary and the number of micro-batches do not matter, and may be missing.
    case layers
  }

  typealias Refusal = StepMeasurement.Refusal

  /// - Errors: `Refusal` for what is not stated, not modelled, or does not divide.
  init(_ row: MeasuredConfiguration, need: Need = .wholeStep) throws(Refusal) {
    try RowPlan.refuseUnmodelled(row)
    let flags = try RowFlags(row)
    let sizes = try RowSizes(row, need: need)
    facts = FrameworkFacts.named(row.framework)
    let model = try RowModel(row, flags, sizes, padding: facts?.vocabularyMultiple ?? 1)
    (substitutions, mesh) = (model.substitutions, try RowPlan.mesh(row, flags, sizes))
    run = RowPlan.run(row, flags, facts)
    let isGated = model.configuration.architecture.feedForward == .gated
    guard !run.keepsEverySecondProduct || isGated else {
      throw row.refusal("selective recomputation of every second product is modelled for gated blocks only")
    }
    plan = TrainingPlan(
      model: model.configuration, sequence: sizes.sequence, microBatch: sizes.microBatch,
      accumulation: sizes.accumulation, optimizer: .adamw(), schedule: LearningRateSchedule(peak: 1e-4), clipping: 1,
      precision: try RowPlan.precision(row, facts), zero: ZeROPlan(stage: row.zeroStage ?? 0),
      pipeline: try RowPipeline(row, flags, sizes).plan, recomputation: RowPlan.recomputation(row, run),
      isSequenceParallel: row.isSequenceParallel && sizes.tensor > 1)
    try refuseShares(row)
    try refuseWork(row, sizes)
  }

  private static func refuseUnmodelled(_ row: MeasuredConfiguration) throws(Refusal) {
    if row.isMixtureOfExperts { throw row.refusal("experts are not modelled") }
    if (row.expert ?? 1) > 1 { throw row.refusal("expert parallelism is not modelled") }
    if (row.context ?? 1) > 1 { throw row.refusal("context parallelism is not modelled") }
    if row.type == "fp8" { throw row.refusal("dtype fp8 is not modelled yet") }
  }

  private static func precision(_ row: MeasuredConfiguration, _ facts: FrameworkFacts?) throws(Refusal)
    -> PrecisionPlan
  {
    // What papers count is in 16 bits unless they say otherwise.
    let name = row.type.isEmpty && row.group.hasPrefix("korthikanti") ? ScalarType.float16.rawValue : row.type
    guard let type = ScalarType(rawValue: name) else {
      throw row.refusal("dtype '\(row.type)' is none that a run computes in")
    }
    return PrecisionPlan(type, gradient: type == type.accumulation ? type : facts?.gradient)
  }

  private static func mesh(_ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes) throws(Refusal) -> Mesh {
    guard sizes.data.isMultiple(of: flags.replicas) else {
      throw row.refusal("\(sizes.data) data-parallel ranks do not divide into \(flags.replicas) sets of shards")
    }
    let shard = flags.shardGroup ?? sizes.data / flags.replicas
    guard shard > 0, sizes.data.isMultiple(of: shard) else {
      throw row.refusal("\(sizes.data) data-parallel ranks do not divide into sets of \(shard)")
    }
    return Mesh([.pipeline: sizes.pipeline, .data: sizes.data, .tensor: sizes.tensor], shardSize: shard)
  }

  private static func run(_ row: MeasuredConfiguration, _ flags: RowFlags, _ facts: FrameworkFacts?) -> FrameworkRun {
    FrameworkRun(
      hasFusedAttention: flags.hasFusedAttention, dropsResidual: flags.dropsResidual,
      dropsAttention: flags.dropsAttention,
      keepsEverySecondProduct: row.recompute == .selective && facts?.selective == .everySecondProduct)
  }

  private static func recomputation(_ row: MeasuredConfiguration, _ run: FrameworkRun) -> Recomputation {
    switch row.recompute ?? .none {
    case .none: .none
    case .selective: run.keepsEverySecondProduct ? .full(every: 1) : .selective
    case .full: .full(every: 1)
    }
  }

  /// What tensor-parallel ranks share must divide.
  private func refuseShares(_ row: MeasuredConfiguration) throws(Refusal) {
    let (a, ranks) = (plan.model.architecture, mesh.size(.tensor))
    let shares = [("heads", a.heads), ("kv_heads", a.keyValueHeads), ("ffn_hidden", a.intermediate)]
    for (column, count) in shares where !count.isMultiple(of: ranks) {
      throw row.refusal("\(column) \(count) does not divide over \(ranks) tensor-parallel ranks")
    }
    let tokens = plan.microBatch * plan.sequence
    guard !plan.isSequenceParallel || tokens.isMultiple(of: ranks) else {
      throw row.refusal("\(tokens) tokens do not divide over \(ranks) ranks of sequence parallelism")
    }
  }

  /// The operations of a rank's step, and so its bytes too, are counted in whole numbers below 2⁶³.
  private func refuseWork(_ row: MeasuredConfiguration, _ sizes: RowSizes) throws(Refusal) {
    let (hidden, intermediate) = (Double(sizes.hidden), Double(plan.model.architecture.intermediate))
    let layers = Double(sizes.layers) / Double(sizes.tensor * sizes.pipeline)
    let tables = Double(sizes.vocabulary) * hidden / Double(sizes.tensor)
    let products = layers * (4 * hidden + 3 * intermediate) * hidden + tables
    // Two operations a value forward, four backward, two again: of the products' weights, and of attention's scores and sums.
    let perToken = 8 * products + 16 * layers * Double(sizes.sequence) * hidden
    guard perToken * Double(sizes.accumulation * sizes.microBatch) * Double(sizes.sequence) <= 1e18 else {
      throw row.refusal("the floating-point work of each GPU is above 1e18")
    }
  }
}
