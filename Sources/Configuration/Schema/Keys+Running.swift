internal import Collectives
internal import Program

extension Keys {
  static let allReduce = Key<TransferAlgorithm>(
    "communication.all_reduce",
    .choice(
      CollectiveAlgorithm.allCases.map { ($0.rawValue, .schedule($0)) } + [("auto", .automatic), ("mpi", .library)]),
    default: .schedule(.ring),
    "How values are summed over ranks: a schedule of ours, auto for whichever suits ranks and size, or MPI's own.")
  static let timeout = Key<Double>(
    "communication.collective_timeout", .seconds, default: 600, shown: "600 s",
    "How long a rank waits for another before it gives up.", aliases: ["collective_timeout"])

  static let communicationSection = [allReduce.description, timeout.description]

  static let checkpointFolder = Key<String?>(
    "checkpoint.folder", .optional(.path), default: nil,
    "Where checkpoints are written, relative to the current directory; none writes none.",
    aliases: ["checkpoints.checkpoints_path", "save"])
  static let checkpointInterval = Key<Int>(
    "checkpoint.interval", .integer(atLeast: 0), default: 0,
    "Steps from one checkpoint to the next; 0 writes one at the end.",
    aliases: ["checkpoints.checkpoint_interval", "save_interval", "save_frequency"])
  static let keepLatest = Key<Int>(
    "checkpoint.keep_latest_k", .integer(atLeast: 0), default: 2, "How many checkpoints are kept; 0 keeps all.")

  static let checkpointSection = [
    checkpointFolder.description, checkpointInterval.description, keepLatest.description,
  ]

  static let evaluationInterval = Key<Int>(
    "evaluation.interval", .integer(atLeast: 0), default: 0,
    "Steps from one evaluation to the next; 0 evaluates at the end.", aliases: ["eval_interval"])
  static let evaluationIterations = Key<Int>(
    "evaluation.iterations", .integer(atLeast: 0), default: 20,
    "Global batches of one evaluation; 0 never evaluates.",
    aliases: ["evaluation.batches", "eval_iters"])

  static let evaluationSection = [evaluationInterval.description, evaluationIterations.description]

  static let logFrequency = Key<Int>(
    "metrics.log_freq", .count, default: 10, "Steps from one log line to the next.",
    aliases: ["log_interval", "steps_per_print", "logging.iteration_step_info_interval"])
  static let metricsFile = Key<String?>(
    "metrics.file", .optional(.path), default: nil,
    "Where metrics are written as JSON lines, relative to the current directory.")

  static let metricsSection = [logFrequency.description, metricsFile.description]

  static let prompt = Key<String>(
    "generation.prompt", .text, default: "\n", shown: "a line break",
    "What the sample at the end of the run starts with.")
  static let sampleTokens = Key<Int>(
    "generation.tokens", .integer(atLeast: 0), default: 0, "Tokens of the sample at the end of the run; 0 makes none.")
  static let temperature = Key<Double>(
    "generation.temperature", .notNegative, default: 0.8, "Divides the logits; 0 takes the most likely token.")
  static let topK = Key<Int?>(
    "generation.top_k", .optional(.count), default: nil, shown: "all tokens",
    "Only so many of the most likely tokens are drawn from.")

  static let generationSection = [
    prompt.description, sampleTokens.description, temperature.description, topK.description,
  ]
}
