extension Keys {
  static let steps = Key<Int>(
    "training.steps", .count, default: 1000, "Optimizer steps of the run.",
    aliases: ["training.train_steps", "steps", "max_steps", "train_iters", "max_iters"])
  static let seed = Key<UInt64>(
    "seed", .seed, default: 1337, "Of initial weights, batches and dropout.", aliases: ["training.seed"])
  static let sequenceLength = Key<Int?>(
    "sequence_length", .optional(.count), default: nil, shown: "the model's longest",
    "Tokens of one training sequence.", aliases: ["seq_length", "training.seq_len"])

  /// Sequences that a rank computes at once where no size is given.
  static let defaultMicroBatch = 8
  static let microBatch = Key<Int?>(
    "micro_batch_size", .optional(.count), default: nil,
    shown: "from the other two sizes, or \(defaultMicroBatch) where no batch size is given",
    "Sequences that one rank computes at once. Any two of the three batch keys give the third.",
    aliases: ["train_micro_batch_size_per_gpu", "training.local_batch_size"])
  static let globalBatch = Key<Int?>(
    "global_batch_size", .optional(.count), default: nil, shown: "from the other two sizes",
    "Sequences of one optimizer step: micro_batch_size × gradient_accumulation_steps × dp.",
    aliases: ["train_batch_size", "training.global_batch_size"])
  static let accumulation = Key<Int?>(
    "gradient_accumulation_steps", .optional(.count), default: nil, shown: "from the other two sizes, or 1",
    "Micro-batches that one rank adds up before a step.", aliases: ["batch_accumulation_per_replica"])
  static let clipping = Key<Double>(
    "gradient_clipping", .notNegative, default: 1,
    "The largest norm of all gradients together; larger ones are scaled down to it. 0 never clips.",
    aliases: ["clip_grad", "grad_clip", "max_norm", "training.max_norm"])

  static let trainingSection = [
    steps.description, seed.description, sequenceLength.description, microBatch.description,
    globalBatch.description, accumulation.description, clipping.description,
  ]
}
