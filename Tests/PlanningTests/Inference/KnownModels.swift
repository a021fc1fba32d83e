import Cluster
import GPUModel
import Model
import Planning
import Quantities

/// Models whose sizes are public.
enum KnownModels {
  static let llama2of7B = LlamaConfiguration(
    vocabularySize: 32_000, positions: 4096, hidden: 4096, intermediate: 11_008, layers: 32, heads: 32
  ).architecture
  static let llama3of8B = LlamaConfiguration(
    vocabularySize: 128_256, positions: 8192, hidden: 4096, intermediate: 14_336, layers: 32, heads: 32,
    keyValueHeads: 8
  ).architecture
  static let llama3of70B = LlamaConfiguration(
    vocabularySize: 128_256, positions: 8192, hidden: 8192, intermediate: 28_672, layers: 80, heads: 64,
    keyValueHeads: 8
  ).architecture
  /// Of GPT-2 XL's sizes: learned positions, biases, a tied table.
  static let gpt2XL = GPT2Configuration(
    vocabularySize: 50_257, positions: 1024, hidden: 1600, layers: 48, heads: 25
  ).architecture

  /// A block or two with heads of every kind: multi-head, grouped queries, multi-query, GPT-2's.
  static let small: [Architecture] =
    [8, 2, 1].map {
      LlamaConfiguration(
        vocabularySize: 1000, positions: 512, hidden: 256, intermediate: 512, layers: 3, heads: 8, keyValueHeads: $0
      ).architecture
    } + [GPT2Configuration(vocabularySize: 500, positions: 300, hidden: 128, layers: 2, heads: 4).architecture]

  static func model(
    _ architecture: Architecture, _ type: ScalarType = .bfloat16, on gpu: String = "H100 SXM",
    lowering: Lowering = Lowering(.compiled), issue: HostIssue = HostIssue(), block: Int = 16, share: Double = 0.9
  ) throws -> InferenceModel {
    try InferenceModel(
      architecture, type, on: GPUCatalogue.builtIn().gpu(named: gpu), lowering, Calibration.builtIn(), issue: issue,
      block: block, memoryShare: share)
  }
}
