package import Quantities

/// What a framework holds that the program does not, by when it holds it.
package struct KeptBeside: Hashable, Sendable {
  /// Of each stage, for every micro-batch from the beginning of its forward pass to the end of its backward pass.
  package var inFlight: [Int: ByteCount]
  /// Of each stage, during a backward pass.
  package var backward: [Int: ByteCount]
  /// Whether gradients have their memory before the first is computed, and keep it after the step.
  package var gradientsStay: Bool
  /// At all times, as gradients.
  package var always: ByteCount
  /// Parameters that a framework keeps in one copy where the program keeps two; not above what the program has.
  package var fewerParameters: ByteCount

  package init(
    inFlight: [Int: ByteCount] = [:], backward: [Int: ByteCount] = [:], gradientsStay: Bool = false,
    always: ByteCount = .zero, fewerParameters: ByteCount = .zero
  ) {
    (self.inFlight, self.backward) = (inFlight, backward)
    (self.gradientsStay, self.always, self.fewerParameters) = (gradientsStay, always, fewerParameters)
  }

  /// Nothing: the program as it is.
  package static let nothing = KeptBeside()
}
