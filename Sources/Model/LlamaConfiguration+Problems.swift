import Program

extension LlamaConfiguration {
  package typealias Problem = ModelConfiguration.Problem

  /// Everything that keeps this from being a model; empty where it is one.
  package var problems: [Problem] {
    let sizes: [(Key, Int)] = [
      (.vocabularySize, vocabularySize), (.positions, positions), (.hidden, hidden), (.layers, layers),
      (.heads, heads), (.keyValueHeads, keyValueHeads), (.intermediate, intermediate),
    ]
    let found = sizes.compactMap { Problem.size($0.0.rawValue, $0.1) } + numberProblems
    return found.isEmpty ? relationProblems : found
  }

  private var numberProblems: [Problem] {
    let positive = [
      (Key.rmsNormEpsilon, rmsNormEpsilon, "LLaMA has 1e-6 or 1e-5"),
      (.initializerRange, initializerRange, "LLaMA has 0.02"), (.ropeTheta, frequencies.theta, "LLaMA has 10000"),
    ]
    return positive.compactMap { Problem.positive($0.0.rawValue, $0.1, hint: $0.2) }
      + [Problem.probability(Key.attentionDropout.rawValue, attentionDropout)].compactMap { $0 }
  }

  private var relationProblems: [Problem] {
    // Sizes are below 2³¹: whatever could overflow is estimated first.
    let (h, i, d) = (Double(hidden), Double(intermediate), Double(headSize))
    let layer = 2 * h * d * Double(heads + keyValueHeads) + 3 * h * i
    let estimate = 2 * Double(vocabularySize) * h + Double(layers) * layer
    if let problem = Problem.tooLarge(Key.hidden.rawValue, hidden, parameters: estimate) { return [problem] }
    guard hidden.isMultiple(of: heads) else {
      return [Problem.remainder(Key.hidden.rawValue, hidden, Key.heads.rawValue, heads, counted: "heads")]
        + [groupProblem].compactMap { $0 }
    }
    return [groupProblem, headProblem].compactMap { $0 }
  }

  /// Every head of keys and values serves as many queries as the others.
  private var groupProblem: Problem? {
    guard !heads.isMultiple(of: keyValueHeads) else { return nil }
    let fitting = (1...min(heads, 1024)).filter { heads.isMultiple(of: $0) }.suffix(8).map(String.init)
    return Problem(
      key: Key.keyValueHeads.rawValue, value: "\(keyValueHeads)",
      reason: "does not divide \(Key.heads.rawValue) \(heads)", hint: "use one of \(fitting.joined(separator: ", "))")
  }

  /// Rotary positions turn features in pairs.
  private var headProblem: Problem? {
    if let problem = Problem.size(Key.headSize.rawValue, headSize) { return problem }
    guard !headSize.isMultiple(of: 2) else { return nil }
    return Problem(
      key: Key.headSize.rawValue, value: "\(headSize)", reason: "is odd, but rotary positions turn features in pairs",
      hint: "use \(headSize + 1), or other sizes")
  }
}
