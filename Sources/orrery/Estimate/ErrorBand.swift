/// How far predictions have been from measurements: the one place that says so.
///
/// - Source: docs/gpu-model.md, docs/network-model.md and docs/step-model.md, measured errors.
enum ErrorBand {
  /// For the end of a report.
  static let text = """
    single kernels 10.4 % on average over 4,691 published times of 15 GPUs; collectives 3 to 8 % over NVSwitch and InfiniBand, 13 \
    to 25 % over EFA and PCIe, unmeasured over RoCE, Ethernet, torus and dragonfly; whole steps of known \
    frameworks 6.2 % (median) and 7.7 % (mean) over 1,100 published ones
    """
  /// What measures it anew.
  static let command = "orrery-bench validate kernels, validate collectives, validate train"
}
