/// How far predictions have been from measurements: the one place that says so.
///
/// - Source: docs/gpu-model.md, docs/network-model.md and docs/step-model.md, measured errors.
enum ErrorBand {
  /// For the end of a report.
  static let text = """
    single kernels 10.4 % on average over 4,691 published times of 15 GPUs; collectives below 16 MiB and from there on, by constants \
    fitted to other rows: NVSwitch 8.1 and 4.6 %, NVLink mesh 16.5 and 2.7 %, PCIe 16.3 and 25.3 %, PCIe with NVLink bridges 32.4 and \
    18.9 %, InfiniBand 5.6 and 3.4 %, EFA 8.3 to 14.2 %, TCPX 43.3 and 14.1 %, unmeasured over RoCE, Ethernet, torus and dragonfly; \
    whole steps of known frameworks 6.2 % (median) and 7.7 % (mean) over 1,100 published ones
    """
  /// What measures it anew.
  static let command = "orrery-bench validate kernels, validate collectives --cross-validate, validate train"
}
