import Foundation
import Model
import Quantities
import TestSupport
import Testing
import Training

/// A model that knows nothing gives every token the same chance.
@Suite struct KnownNumbersLossTests {
  @Test(arguments: [31, 97, 256])
  func `the first loss is the logarithm of the vocabulary`(vocabulary: Int) throws {
    for model in models(vocabulary) {
      var run = TinyRun()
      (run.model, run.steps, run.precision) = (model, 1, PrecisionPlan(.float64))
      let loss = try #require(try run.train(TinyLayout())[0].results[0].loss)
      // Logits begin with a deviation of 0.02·√h, and so few tokens may all lie to one side.
      #expect(abs(loss - log(Double(vocabulary))) < 0.02 * 16.0.squareRoot())
    }
  }

  private func models(_ vocabulary: Int) -> [ModelConfiguration] {
    [
      .gpt2(GPT2Configuration(vocabularySize: vocabulary, positions: 12, hidden: 16, layers: 2, heads: 2)),
      .llama(
        LlamaConfiguration(
          vocabularySize: vocabulary, positions: 12, hidden: 16, intermediate: 32, layers: 2, heads: 2)),
    ]
  }
}
