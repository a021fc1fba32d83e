import Measurements
import Reporting

extension TrainReport {
  /// Predicted against measured step times as an SVG picture.
  ///
  /// - Errors: `MeasurementError` where there is nothing to draw; `ParityPlotError` for what has no place on the axes.
  func plot() throws -> String {
    let groups = byGroup.map { group, judgements in
      ParityPlot.Group(
        name: group,
        points: judgements.map {
          ParityPlot.Point(
            measured: $0.sample.seconds, predicted: $0.prediction.seconds, label: $0.sample.configuration.id)
        })
    }
    guard !groups.isEmpty else { throw MeasurementError("no row is modelled: there is nothing to draw") }
    return try ParityPlot(title: "Step times", quantity: "step time", unit: "s", groups).text
  }
}
