import Quantities

/// A mistyped figure shows where two must agree.
extension GPU {
  /// - Errors: a peak that is not what SMs · units · clock come to. Data sheets quote tensor rates at clocks of their own, so these
  ///   may differ more.
  func checkPeaks(at place: String) throws(GPUError) {
    let clocks = Double(multiprocessors) * boostClock.hertz
    let fp32 = "2 · \(multiprocessors) SMs · \(fp32Lanes) lanes · \(boostClock)"
    try check(.fp32, within: 0.15, of: ComputeRate(2 * Double(fp32Lanes) * clocks), fp32, place)
    guard supportsTensorCores else { return try refuseTensorRates(place) }
    let tensor = "\(multiprocessors) SMs · \(Int(tensorFLOPsPerClock)) FLOPs · \(boostClock)"
    try check(.fp16, within: 0.20, of: ComputeRate(tensorFLOPsPerClock * clocks), tensor, place)
  }

  private func check(
    _ precision: MathPrecision, within tolerance: Double, of counted: ComputeRate, _ product: String, _ place: String
  ) throws(GPUError) {
    let place = "\(place): matmul_rates: \(precision.rawValue)"
    guard let rate = matmulRates[precision] else { throw GPUError("\(place) is missing") }
    guard abs(counted / rate - 1) < tolerance else {
      throw GPUError("\(place) is \(rate), but \(product) is \(counted)")
    }
  }

  private func refuseTensorRates(_ place: String) throws(GPUError) {
    for precision in [MathPrecision.tf32, .bf16, .fp8] where matmulRates[precision] != nil {
      throw GPUError(
        "\(place): matmul_rates: \(precision.rawValue) needs tensor cores, but tensor_flops_per_clock is missing")
    }
  }
}
