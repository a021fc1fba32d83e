import Measurements
import Reporting

extension TrainReport {
  /// Predicted against measured step times as an SVG picture.
  ///
  /// - Errors: `ParityPlotError` where nothing is modelled.
  func plot() throws -> String {
    let groups = byGroup.map { group, judgements in
      ParityPlot.Group(
        name: group,
        points: judgements.map {
          ParityPlot.Point(
            measured: $0.sample.seconds, predicted: $0.prediction.seconds, label: $0.sample.configuration.id)
        })
    }
    return try ParityPlot(title: "Step times", quantity: "step time", unit: "s", groups).text
  }
}
