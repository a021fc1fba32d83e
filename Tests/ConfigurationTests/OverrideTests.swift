import Configuration
import Model
import Program
import Testing
import Training

@Suite struct OverrideTests {
  @Test(
    "an override takes precedence over the file, under any spelling",
    arguments: [
      "optimizer.lr=0.5", "learning_rate=0.5", "optimizer={lr: 0.5}", "optimizer.params.lr=5e-1", "optimizer.lr= 0.5",
    ])
  func precedence(_ override: String) throws {
    let configuration = try run("optimizer: {lr: 0.25, weight_decay: 0.125}", overrides: [override])
    #expect(configuration.schedule.peak == 0.5)
    #expect(configuration.optimizer == .adamw(weightDecay: 0.125))
  }

  @Test("the last of several overrides of one key counts")
  func last() throws {
    #expect(try run(overrides: ["seed=1", "seed=2"]).seed == 2)
  }

  @Test("two spellings of one key among overrides clash")
  func clash() {
    #expect(
      mistakes(overrides: ["steps=1", "training.steps=2"]) == [
        "override training.steps=2: training.steps is another spelling of steps, which is given too; keep one of them"
      ])
  }

  @Test("a wrong value in the file does not matter where an override replaces it")
  func repair() throws {
    #expect(try run("optimizer: {lr: -1}", overrides: ["optimizer.lr=1"]).schedule.peak == 1)
  }

  @Test("a null override takes back what the file gives")
  func null() throws {
    let configuration = try run("checkpoint: {folder: out, interval: 5}", overrides: ["checkpoint.folder=null"])
    #expect(configuration.checkpoint.folder == nil)
  }

  @Test("an override changes one size of a model, or names another model")
  func model() throws {
    let folder = try Folder([
      "models/a.yaml": "{n_layer: 3, n_embd: 8, n_head: 2}", "models/b.yaml": "{n_layer: 5, n_embd: 16, n_head: 2}",
      "runs/r.yaml": "model: {base: a, n_embd: 32}\ndata: x",
    ])
    func shape(_ overrides: String...) throws -> [Int] {
      let model = try RunConfiguration.load(file: "\(folder.path)/runs/r.yaml", overrides: overrides).model.architecture
      return [model.layers, model.hidden, model.intermediate]
    }
    #expect(try shape() == [3, 32, 128])
    #expect(try shape("model.n_layer=7") == [7, 32, 128])
    #expect(try shape("model.hidden_size=64", "model.n_inner=100") == [3, 64, 100])
    #expect(try shape("model=b") == [5, 16, 64])
    #expect(try shape("model.base=b") == [5, 32, 128])
    #expect(try shape("model={base: b, n_layer: 1}") == [1, 32, 128])
    #expect(try shape("model=\(folder.path)/models/b.yaml", "model.n_layer=2") == [2, 16, 64])
  }
}
