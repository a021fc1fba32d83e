import Configuration
import Foundation
import Model
import Program
import Testing
import Training

@Suite struct ConfigFilesTests {
  static let runs = files("runs")
  static let models = files("models")

  static func files(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(configs)/\(folder)")) ?? []).sorted()
  }

  @Test("there are runs and models to read")
  func present() {
    #expect(Set(Self.runs).isSuperset(of: ["quickstart.yaml", "shakespeare-char.yaml", "llama-3d.yaml"]))
    #expect(Self.models.count >= 4)
  }

  @Test("every run in configs decodes, validates, resolves and round-trips", arguments: runs)
  func run(_ name: String) throws {
    let configuration = try RunConfiguration.load(file: "\(configs)/runs/\(name)").withVocabulary(65)
    let resolved = try configuration.resolved(world: configuration.worldSize ?? 1)
    #expect(resolved.model.problems.isEmpty && resolved.sequenceLength <= resolved.model.architecture.positionCount)
    let again = try RunConfiguration.parse(resolved.canonicalJSON, file: "a.json")
    #expect(again.differences(from: resolved) == [])
  }

  @Test("every model in configs makes a model", arguments: models)
  func model(_ name: String) throws {
    let text = "model: ../models/\(name)\ndata: x"
    let configuration = try RunConfiguration.parse(text, file: "\(configs)/runs/x.yaml").withVocabulary(65)
    #expect(configuration.model.problems.isEmpty)
  }

  @Test("Shakespeare is nanoGPT's CPU baseline, with one batch on 1, 2 and 4 ranks", arguments: [1, 2, 4])
  func shakespeare(_ ranks: Int) throws {
    let run = try RunConfiguration.load(
      file: "\(configs)/runs/shakespeare-char.yaml", overrides: ["parallelism.dp=\(ranks)"]
    ).withVocabulary(65)
    #expect(run.batch.globalBatchSize == 12 && run.batch.microBatchSize == 12 / ranks && run.steps == 2000)
    let model = run.model.architecture
    #expect(model.layers == 4 && model.heads == 4 && model.hidden == 128 && run.sequenceLength == 64)
    #expect(run.optimizer == .adamw(beta1: 0.9, beta2: 0.99, weightDecay: 0.1) && run.gradientClipping == 1)
    #expect(run.schedule == .init(peak: 1e-3, minimum: 1e-4, warmupSteps: 100, shape: .cosine(end: 2000)))
    // nanoGPT reports 0.80 M for this model, without its position table and biases: 795,904.
    let biasesOfBlock = (3 + 1 + 4 + 1) * 128 + 2 * 128
    #expect(run.model.parameterCount - 64 * 128 == 795_904 + 4 * biasesOfBlock + 128)
  }

  @Test("the quickstart trains on two ranks")
  func quickstart() throws {
    #expect(try RunConfiguration.load(file: "\(configs)/runs/quickstart.yaml").worldSize == 2)
  }
}
