import ArgumentParser
import Model

/// The three sizes that are compared with PyTorch; equal to those of `bench/torch_ddp.py`.
enum BenchModel: String, CaseIterable, ExpressibleByArgument {
  case tiny, small, medium

  var configuration: GPT2Configuration {
    switch self {
    case .tiny: GPT2Configuration(vocabularySize: 256, positions: 128, hidden: 128, layers: 4, heads: 4)
    case .small: GPT2Configuration(vocabularySize: 256, positions: 256, hidden: 384, layers: 6, heads: 6)
    case .medium: GPT2Configuration(vocabularySize: 50257, positions: 256, hidden: 768, layers: 12, heads: 12)
    }
  }

  var sequence: Int { configuration.positions }

  /// Sequences of one step on each rank.
  var batch: Int { self == .medium ? 2 : 8 }
}
