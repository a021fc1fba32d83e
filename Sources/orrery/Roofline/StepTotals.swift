import GPUModel

extension StepEstimate {
  /// All kernels of one kind.
  struct Total {
    var kind: KernelKind
    var count = 0
    var seconds = 0.0
    var flops = 0.0
  }

  /// The kinds that the step has, the longest first.
  var totals: [Total] {
    var totals: [KernelKind: Total] = [:]
    for group in groups {
      let kind = group.first.kind
      totals[kind, default: Total(kind: kind)].count += group.count
      totals[kind]!.seconds += group.seconds
      totals[kind]!.flops += group.flops
    }
    return KernelKind.allCases.compactMap { totals[$0] }.sorted { $0.seconds > $1.seconds }
  }
}
