/// What warps compete for on one SM. Each serves one request after another at its own rate.
package enum SMResource: Int, Hashable, Sendable, CaseIterable {
  /// Of each scheduler.
  case issueSlots, fma, integer, special, tensor
  /// Of the whole SM.
  case memory, l2, dram

  package var name: String {
    switch self {
    case .issueSlots: "issue slots"
    case .fma: "FMA pipe"
    case .integer: "integer pipe"
    case .special: "special-function pipe"
    case .tensor: "tensor cores"
    case .memory: "load/store and shared memory"
    case .l2: "L2 share"
    case .dram: "DRAM share"
    }
  }

  var isPerScheduler: Bool { rawValue <= SMResource.tensor.rawValue }
}

/// Clocks that work asks of each resource.
struct Demand {
  static let count = SMResource.allCases.count
  private var clocks = SIMD8<Double>(repeating: 0)

  subscript(resource: SMResource) -> Double {
    get { clocks[resource.rawValue] }
    set { clocks[resource.rawValue] = newValue }
  }

  static func + (a: Demand, b: Demand) -> Demand {
    var sum = a
    sum.clocks += b.clocks
    return sum
  }

  static func * (factor: Double, demand: Demand) -> Demand {
    var product = demand
    product.clocks *= factor
    return product
  }

  init() {}

  /// One warp's operation.
  init(_ operation: MicroOperation, on machine: SMMachine) {
    self[.issueSlots] = machine.issueStep
    switch operation.pipe {
    case .fma: self[.fma] = operation.interval
    case .integer: self[.integer] = operation.interval
    case .special: self[.special] = operation.interval
    case .tensor: self[.tensor] = operation.interval
    case .memory: self[.memory] = operation.interval
    case .control: break
    }
    self[.memory] += operation.portClocks
    self[.l2] = operation.l2Bytes / machine.l2Port
    self[.dram] = operation.dramBytes / machine.dramPort
  }
}

extension SMMachine {
  /// Clocks from one issue of a scheduler to the next.
  var issueStep: Double { Double(issueInterval) / Double(dispatches) }
}
