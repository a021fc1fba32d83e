package import GPUModel
import Program
import Quantities

/// What the kernels of a trace take on a GPU. Equal stretches are priced once, for every cluster of that GPU.
package final class KernelPricing {
  private let gpus: TracePricing
  private var kinds: [KindKey: Activity] = [:]
  private var runs: [Run: [PricedWork]] = [:]

  private struct Run: Hashable {
    var phase: String
    var stream: Program.Stream
    var operations: [Operation]
  }
  private struct KindKey: Hashable {
    var phase, name: String
    var family: Family
  }
  /// What of a kernel tells what it is for, beside its name.
  private enum Family: Hashable {
    case matmul, batchedMatmul, attention, streaming
    case rows(RowKernel.Function)

    init(_ kernel: Kernel) {
      switch kernel {
      case .matmul(let product): self = product.batch > 1 ? .batchedMatmul : .matmul
      case .attention: self = .attention
      case .streaming: self = .streaming
      case .rows(let rows): self = .rows(rows.function)
      }
    }
  }

  package init(_ gpus: TracePricing) { self.gpus = gpus }

  /// Its node is counted from 0.
  func work(of run: OperationRun) throws -> [PricedWork] {
    let key = Run(phase: run.phase, stream: run.stream, operations: run.operations)
    if let known = runs[key] { return known }
    var trace = Trace()
    trace.nodes = [.phase(run.phase)] + run.operations.map { .operation($0, run.stream) }
    let works = try gpus.kernels(of: trace).map { kernel in
      PricedWork(
        node: 0, stream: run.stream, activity: activity(of: kernel), name: kernel.lowered.name,
        duration: SimDuration(seconds: kernel.seconds), issue: SimDuration(seconds: kernel.hostSeconds))
    }
    runs[key] = works
    return works
  }

  /// Words of names are looked for once.
  private func activity(of kernel: PricedKernel) -> Activity {
    let key = KindKey(phase: kernel.phase, name: kernel.lowered.name, family: Family(kernel.kernel))
    if let known = kinds[key] { return known }
    kinds[key] = Activity(kernel.kind)
    return kinds[key]!
  }
}

extension Activity {
  init(_ kind: KernelKind) {
    switch kind {
    case .matmul: self = .matmul
    case .attention: self = .attention
    case .norms: self = .norms
    case .elementwise: self = .elementwise
    case .embeddings: self = .embeddings
    case .loss: self = .loss
    case .optimizer: self = .optimizer
    }
  }
}
