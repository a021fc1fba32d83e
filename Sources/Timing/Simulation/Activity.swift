package import Mesh

/// What a stream does, in totals: kernels by kind, communication by axis, the host.
package enum Activity: Int, Hashable, Sendable, CaseIterable, Codable {
  case matmul, attention, norms, elementwise, embeddings, loss, optimizer
  /// Collectives of tensor and sequence parallelism.
  case tensorCommunication
  /// Gradients and parameters over data-parallel ranks.
  case dataCommunication
  /// Between stages, and the sums of tied tables.
  case pipelineCommunication
  case contextCommunication, expertCommunication
  /// Norm and loss over all ranks.
  case worldCommunication
  /// The host's thread, which issues kernels.
  case issue
  /// Optimizer state in the host's memory: copies, and the host's own arithmetic.
  case offload
}

extension Activity {
  package init(communicating scope: Scope) {
    switch scope {
    case .tensor: self = .tensorCommunication
    case .data, .shard, .replicate: self = .dataCommunication
    case .pipeline, .ends: self = .pipelineCommunication
    case .context: self = .contextCommunication
    case .expert: self = .expertCommunication
    case .world: self = .worldCommunication
    }
  }

  package var name: String {
    switch self {
    case .matmul: "matrix products"
    case .attention: "attention"
    case .norms: "norms"
    case .elementwise: "elementwise"
    case .embeddings: "embeddings"
    case .loss: "loss"
    case .optimizer: "optimizer"
    case .tensorCommunication: "tensor-parallel communication"
    case .dataCommunication: "data-parallel communication"
    case .pipelineCommunication: "pipeline communication"
    case .contextCommunication: "context-parallel communication"
    case .expertCommunication: "expert-parallel communication"
    case .worldCommunication: "norm and loss over all ranks"
    case .issue: "launching"
    case .offload: "offload"
    }
  }

  package static let kernels: [Activity] = [.matmul, .attention, .norms, .elementwise, .embeddings, .loss, .optimizer]
  package static let communication: [Activity] = [
    .tensorCommunication, .dataCommunication, .pipelineCommunication, .contextCommunication, .expertCommunication,
    .worldCommunication,
  ]
}
