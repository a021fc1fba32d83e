import Foundation

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

/// Clocks of each resource.
struct Demand {
  var clocks = SIMD8<Double>(repeating: 0)

  subscript(resource: SMResource) -> Double {
    get { clocks[resource.rawValue] }
    set { clocks[resource.rawValue] = newValue }
  }

  static func + (a: Demand, b: Demand) -> Demand { Demand(a.clocks + b.clocks) }
  static func - (a: Demand, b: Demand) -> Demand { Demand(a.clocks - b.clocks) }
  static func * (a: Demand, b: Demand) -> Demand { Demand(a.clocks * b.clocks) }
  static func * (factor: Double, demand: Demand) -> Demand { Demand(factor * demand.clocks) }

  init(_ clocks: SIMD8<Double> = SIMD8(repeating: 0)) { self.clocks = clocks }

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

  var largest: Double { clocks.max() }
  /// Of the channels to L2 and DRAM.
  var traffic: Double { max(self[.l2], self[.dram]) }

  /// Resources of one group are in step; groups that are busy at the same time get in each other's way.
  ///
  ///     T = (arithmetic^p + load/store^p + traffic^p)^(1/p)          (gpu-model.md §2.2, core)
  ///
  /// p = 12 is set against the simulator, whose kernels are scheduled well; the p = 5 of §2.2 is set against libraries.
  var together: Double {
    let arithmetic = SMResource.allCases.lazy.filter(\.isPerScheduler).map { self[$0] }.max() ?? 0
    return norm([arithmetic, self[.memory], traffic], 12)
  }
}

/// (Σ xᵖ)^(1/p): the largest, and more where several are as large.
func norm(_ values: [Double], _ p: Double) -> Double {
  let most = values.max() ?? 0
  guard most > 0 else { return 0 }
  return most * pow(values.reduce(0) { $0 + pow($1 / most, p) }, 1 / p)
}

extension SMMachine {
  /// Clocks from one issue of a scheduler to the next.
  var issueStep: Double { Double(issueInterval) / Double(dispatches) }
}
