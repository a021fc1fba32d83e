/// Where GPUs are looked up by name.
protocol GPUSource: Sendable {
  /// - Errors: `GPUError` with the GPUs that it could be, or the nearest name.
  func gpu(named text: String) throws(GPUError) -> GPU
}
