internal import Measurements
import Reporting

extension MemoryReport {
  /// Predicted against measured sizes of the scored rows as an SVG picture; shares in percent have no place on its axes.
  ///
  /// - Errors: `MeasurementError` where there is nothing to draw; `ParityPlotError` for what has no place on the axes.
  func plot() throws -> String {
    let sizes = Dictionary(grouping: scored.filter { $0.row.unit != .percent }, by: \.row.group)
    let groups = sizes.sorted { $0.key < $1.key }.map { group, judgements in
      ParityPlot.Group(
        name: group,
        points: judgements.map {
          ParityPlot.Point(measured: $0.measured / 1e9, predicted: $0.predicted / 1e9, label: $0.row.id)
        })
    }
    guard !groups.isEmpty else { throw MeasurementError("no size is modelled and scored: there is nothing to draw") }
    return try ParityPlot(title: "Memory of a rank", quantity: "memory", unit: "GB", groups).text
  }
}
