extension Keys {
  static let optimizerType = Key<OptimizerType>(
    "optimizer.type", .choice, default: .adamw, "Which update is made; PyTorch's semantics and defaults.")
  static let learningRate = Key<Double>(
    "optimizer.lr", .notNegative, default: 1e-3, "The learning rate at its peak.",
    aliases: ["optimizer.learning_rate", "optimizer.params.lr", "learning_rate"])
  static let betas = Key<[Double]?>(
    "optimizer.betas", .optional(.list(of: .probability, count: 2)), default: nil, shown: "[0.9, 0.999]",
    "How slowly the averages of gradients and of their squares move.", aliases: ["optimizer.params.betas"],
    of: ["adam", "adamw"])
  static let epsilon = Key<Double?>(
    "optimizer.eps", .optional(.positive), default: nil, shown: "1e-8; 1e-10 for adagrad",
    "Added to the denominator.", aliases: ["optimizer.params.eps"], of: ["adagrad", "rmsprop", "adam", "adamw"])
  static let weightDecay = Key<Double?>(
    "optimizer.weight_decay", .optional(.notNegative), default: nil, shown: "0.01 for adamw, 0 for others",
    "Pulls matrices and tables towards zero: through the gradient, or directly (adamw). Never biases and norms.",
    aliases: ["optimizer.params.weight_decay", "weight_decay"])
  static let momentum = Key<Double?>(
    "optimizer.momentum", .optional(.probability), default: nil, shown: "0.9 for momentum, 0 for rmsprop",
    "The share of the last update that is kept.", of: ["momentum", "rmsprop"])
  static let dampening = Key<Double?>(
    "optimizer.dampening", .optional(.probability), default: nil, shown: "0",
    "The share of each gradient that the momentum buffer leaves out.", of: ["momentum"])
  static let nesterov = Key<Bool?>(
    "optimizer.nesterov", .optional(.boolean), default: nil, shown: "false",
    "Whether the gradient is taken as if the momentum step were made.", of: ["momentum"])
  static let alpha = Key<Double?>(
    "optimizer.alpha", .optional(.probability), default: nil, shown: "0.99",
    "How slowly the average of squared gradients moves.", of: ["rmsprop"])

  static let optimizerSection = [
    optimizerType.description, learningRate.description, weightDecay.description, betas.description,
    epsilon.description, momentum.description, dampening.description, nesterov.description, alpha.description,
  ]
}
