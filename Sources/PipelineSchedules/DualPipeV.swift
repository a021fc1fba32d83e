extension ScheduleShape {
  /// DualPipeV: DualPipe's order with one copy of the model, cut in half and folded like a V.
  ///
  /// - Bubble: (p − 1)(F∥B + B − 3W), in times of half a stage.
  /// - Peak: 2p + 1 activations of half a stage on every rank.
  /// - Source: Sea AI Lab 2025, "DualPipe could be better without the Dual"; the DualPipe repository.
  func dualPipeV(_ rank: Int) -> [Cell] {
    dualPipeOrder(
      half: ranks, position: rank, microBatches: microBatches, first: rank, second: 2 * ranks - 1 - rank)
  }
}
