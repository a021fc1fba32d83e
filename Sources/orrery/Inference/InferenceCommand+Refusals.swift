import Cluster
import Configuration
import GPUModel
import Mesh
import Planning

/// What generation on one GPU cannot be asked for.
extension InferenceCommand {
  /// Copies of a model (dp) do not change what one of them takes; parts of a model are another program.
  func requireWhole(_ mesh: Mesh) throws {
    for axis in Axis.allCases where axis != .data && mesh.size(axis) > 1 {
      throw Failure(
        code: .usage,
        text:
          "parallelism.\(axis.rawValue) \(mesh.size(axis)): the program that generates runs a whole model on one GPU; "
          + "add parallelism.\(axis.rawValue)=1 to the command line"
      ).error
    }
  }

  /// What helps, each alone, where the GPU cannot do what was asked.
  func waysOut(_ gpu: GPU, _ precision: MathPrecision) -> [String] {
    func works(_ precision: MathPrecision, _ attention: Lowering.AttentionChoice) -> Bool {
      guard (try? gpu.peak(precision)) != nil else { return false }
      return attention != .flash || (try? gpu.requireFlashAttention(precision)) != nil
    }
    let wanted = tf32 && precision == .fp32 ? MathPrecision.tf32 : precision
    let other = [MathPrecision.bf16, .fp16, .fp32].first { $0 != precision && works($0, attention) }
    let ways = [
      other.map { "add precision=\($0.rawValue) to the command line" },
      attention == .flash && works(wanted, .unfused) ? "choose --attention unfused" : nil,
      wanted != precision && works(precision, attention) ? "leave --tf32 out" : nil,
    ].compactMap(\.self)
    return ways.isEmpty ? ["choose another --gpu"] : ways
  }
}
