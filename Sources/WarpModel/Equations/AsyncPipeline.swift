/// Producer and consumers with a ring of stages between them: a stage is copied, multiplied, and free again.
///
///     iteration ≥ (copy + product) / stages          (gpu-model.md §2.2, steplat)
///
/// A consumer that frees a stage only when it has begun the next one leaves the copies one stage less.
struct AsyncPipeline {
  /// Clocks of one stage's copy and of its products, each with its latency.
  private var copy = 0.0, product = 0.0
  private var stages = 1.0, copies = 1.0
  /// Clocks after the last product.
  private var epilogue = 0.0

  init(_ roles: [CutRole], _ block: DecodedBlock, _ machine: SMMachine) {
    var (credit, lag) = (0, 0)
    for (index, role) in roles.enumerated() {
      let own = block.roles[index]
      for section in block.sections[own.firstSection..<own.endSection] {
        let body = block.operations[section.first..<section.end]
        credit = max(credit, body.filter { $0.kind == .wait }.map(\.count).max() ?? 0)
        if body.contains(where: { $0.kind == .waitMMA && $0.count > 0 }) { lag = 1 }
        copy = max(copy, body.filter { $0.kind == .bulkCopy }.map { Self.time($0, machine) }.max() ?? 0)
        let products = body.filter { $0.kind == .mmaAsync || $0.kind == .mmaAsyncAll }
        let held = products.reduce(0) { $0 + $1.interval }
        product = max(product, held + Double(products.first?.latency ?? 0))
      }
      let stores = role.operations.filter { $0.kind == .store }
      let demand = stores.reduce(Demand()) { $0 + Demand($1, on: machine) }
      let warps = Double(block.roleOfWarp.count { $0 == index })
      epilogue = max(epilogue, warps * max(demand[.dram], demand[.l2], demand[.memory]))
    }
    (stages, copies) = (Double(max(1, credit + lag)), Double(max(1, credit)))
  }

  private static func time(_ operation: MicroOperation, _ machine: SMMachine) -> Double {
    Double(operation.latency) + max(operation.l2Bytes / machine.l2Port, operation.dramBytes / machine.dramPort)
  }

  /// Clocks before the first product can start and after the last one is done.
  var fill: Double { copy + epilogue }

  func alone(_ iterations: Int) -> Double {
    copy + product + epilogue + Double(iterations - 1) * max(copy / copies, (copy + product) / stages)
  }
}
