/// How far predictions have been from measurements: the one place that says so.
///
/// - Source: docs/gpu-model.md, docs/network-model.md and docs/step-model.md, measured errors.
enum ErrorBand {
  /// For the end of a report.
  static let text = """
    single kernels 10.4 % on average over 4,691 published times of 15 GPUs; collectives below 16 MiB and from there on 8.1 and 4.6 % \
    over NVSwitch, 5.6 and 3.4 % over InfiniBand, 3 to 43 % over other links, unmeasured over RoCE, Ethernet, torus and dragonfly; \
    whole steps of known frameworks 6.2 % (median) and 7.7 % (mean) over 1,100 published ones
    """
  /// What measures it anew.
  static let command = "orrery-bench validate kernels, validate collectives --cross-validate, validate train"
}
