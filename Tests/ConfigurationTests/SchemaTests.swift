import Configuration
import Foundation
import Testing

@Suite struct SchemaTests {
  @Test("every key is decoded: a mapping in place of its value is a mistake that names it", arguments: Schema.keys)
  func decoded(_ key: KeyDescription) {
    let path = key.name == "model.base" ? "base" : key.name
    guard path != "base" else { return }
    let messages = mistakes(overrides: ["\(key.name)={strange: 1}"])
    #expect(messages.contains { $0.contains("\(key.name) is ") }, "\(messages)")
  }

  @Test("no spelling has two meanings, and every key is described")
  func spellings() {
    let spellings = Schema.keys.flatMap { [$0.name] + $0.aliases }
    #expect(Set(spellings).count == spellings.count)
    #expect(Schema.keys.allSatisfy { !$0.meaning.isEmpty && !$0.fallback.isEmpty && !$0.type.isEmpty })
  }

  @Test("every alias gives the run that its key gives", arguments: runsOfAllTypes)
  func aliases(_ more: String) throws {
    let more = more.contains("checkpoint:") ? more : more + "\ncheckpoint: {folder: out}"
    let base = try run(more)
    let values = try flattened(base.canonicalJSON)
    for key in Schema.keys {
      guard let value = values[key.name] else { continue }
      for alias in key.aliases where !["model", "data"].contains(alias) {
        #expect(try run(more, overrides: ["\(alias)=\(value)"]) == base, "\(alias)=\(value)")
      }
    }
  }

  @Test("a key of a section with types is accepted exactly by the types that the reference lists")
  func owners() {
    let values = [
      "betas": "[0.9, 0.9]", "nesterov": "false", "milestones": "[500]", "gamma": "0.5", "step_size": "3",
      "eps": "1e-8",
    ]
    for section in ["optimizer", "lr_scheduler"] {
      for type in types(of: section) {
        for key in Schema.keys where key.name.hasPrefix("\(section).") && !key.name.hasSuffix(".type") {
          let word = String(key.name.dropFirst(section.count + 1))
          let value = values[word] ?? (word.hasSuffix("_steps") ? "20" : "0.0005")
          let messages = mistakes(overrides: ["\(section).type=\(type)", "\(key.name)=\(value)"])
          let refused = messages.contains { $0.contains("\(key.name) is not used by") }
          #expect(refused == !(key.owners.isEmpty || key.owners.contains(type)), "\(type) \(key.name): \(messages)")
        }
      }
    }
  }

  private func types(of section: String) -> [String] {
    Schema.key(spelled: "\(section).type")!.type.components(separatedBy: " | ")
  }

  @Test("the reference shows type, default, meaning, users and other spellings of every key")
  func reference() {
    let lines = """
        optimizer.eps: number > 0 (default: 1e-8; 1e-10 for adagrad)
            Added to the denominator.
            used by adagrad, rmsprop, adam, adamw
            also optimizer.params.eps
      """
    #expect(Schema.reference.contains(lines))
    for key in Schema.keys {
      #expect(Schema.reference.contains("  \(key.name): \(key.type) (default: \(key.fallback))\n"))
    }
  }
}

/// Lines that choose every optimizer and every schedule.
let runsOfAllTypes = [
  "optimizer: {type: sgd}\nlr_scheduler: {type: linear, warmup_steps: 3}",
  "optimizer: {type: momentum, nesterov: true}\nlr_scheduler: {type: step, step_size: 4}",
  "optimizer: {type: adagrad}\nlr_scheduler: {type: multistep, milestones: [5, 6]}",
  "optimizer: {type: rmsprop, momentum: 0.5}\nlr_scheduler: {type: exponential, gamma: 0.99}",
  "optimizer: {type: adam, lr: 0.3}\nlr_scheduler: {type: wsd, decay_ratio: 0.3}\ncheckpoint: {folder: out, interval: 3}",
  "lr_scheduler: {type: cosine, min_lr: 1e-5}\nparallelism: {dp: 3}\nmetrics: {file: a.jsonl}\nprecision: fp64",
  "generation: {prompt: \"é \\\"\\n\\\\ : # 🪐\", tokens: 5, top_k: 3}\ncommunication: {all_reduce: mpi}",
  "micro_batch_size: 3\nglobal_batch_size: 12\nparallelism: {dp: 2, order: dp-tp-cp-ep-pp}",
  "parallelism: {dp: 4, dp_shard: 2}\nzero_optimization: {stage: 3, profile: deepspeed}",
  "parallelism: {tp: 4, sequence_parallel: true}\nzero_optimization: {offload_optimizer: {device: cpu}}",
  "parallelism: {pp: 2}\npipeline: {schedule: zb-h1, layers_per_stage: [1, 1]}\ngradient_accumulation_steps: 4",
  "pipeline: {schedule: interleaved, group_size: 3}\nactivation_checkpointing: {mode: full, every: 2}",
  "precision: fp16\nfp16: {initial_scale_power: 8, backoff_factor: 0.25}\nactivation_checkpointing: {mode: selective}",
  "precision: fp16\nfp16: {loss_scale: 128}\ngradient_precision: fp16\ncommunication: {all_reduce: auto}",
  "precision: bf16\ngradient_precision: bf16\nzero_optimization: {stage: 1}",
  "cluster: dgx-h100\nsimulation: {kernels: eager, slow_gpus: 0:1.5, slow_links: [network 0:2, pcie 0:4], jitter: 0.1}",
  "cluster: a/own.yaml\nparallelism: {dp: 4}\nglobal_batch_size: 8\nsimulation: {gpus: 4, precision: bf16, "
    + "attention: flash, mtbf_per_gpu: 2083.5 d, restart_time: 5 min, checkpoint_write_time: 0 s}",
]

/// The values of a canonical form by dotted key, each as JSON text.
func flattened(_ json: String) throws -> [String: String] {
  var values: [String: String] = [:]
  func walk(_ value: Any, _ path: String) throws {
    if let members = value as? [String: Any] {
      for (name, member) in members { try walk(member, path.isEmpty ? name : "\(path).\(name)") }
    } else {
      let data = try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
      values[path] = String(decoding: data, as: UTF8.self)
    }
  }
  try walk(try JSONSerialization.jsonObject(with: Data(json.utf8)), "")
  return values
}
