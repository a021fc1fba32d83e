import Measurements
import Testing

/// Errors of predicted steps, and whether predictions order runs as measurements do.
@Suite struct StepErrorsTests {
  private func sample(_ id: String, seconds: Double, batch: Int = 8, model: String = "m") throws -> StepSample {
    let cells = [
      "id": id, "group": "g", "gpu": "A100", "n_gpus": "8", "layers": "12", "hidden": "768", "heads": "12",
      "seq_len": "1024", "global_batch": "\(batch)", "dtype": "bf16", "step_time_s": "\(seconds)", "model": model,
    ].sorted { $0.key < $1.key }
    let text = [cells.map(\.key), cells.map(\.value)].map { $0.joined(separator: ",") }.joined(separator: "\n")
    return try StepSample(CSVTable(parsing: text, name: "t.csv", requiring: StepSample.columns).rows[0])
  }

  private func errors(_ pairs: [(measured: Double, predicted: Double)]) throws -> StepErrors? {
    StepErrors(
      "t", try pairs.enumerated().map { (try sample("\($0)", seconds: $1.measured), $1.predicted) })
  }

  @Test func `errors are shares of the measurement, and too slow is above zero`() throws {
    let errors = try #require(try errors([(1, 1.1), (2, 1.6), (4, 4)]))
    #expect(abs(errors.median - 0.1) < 1e-12 && abs(errors.mean - 0.1) < 1e-12)
    #expect(abs(errors.worst - 0.2) < 1e-12 && errors.worstRow == "1")
    #expect(abs(errors.bias + 0.1 / 3) < 1e-12)
    #expect(errors.rankCorrelation == nil)
  }

  @Test func `there is no error of nothing`() throws {
    #expect(StepErrors("t", []) == nil)
  }

  @Test func `a constant factor keeps the order, and a reversed order is minus one`() throws {
    let times = [1.0, 2, 4, 8, 16]
    let scaled = try #require(try errors(times.map { ($0, 3 * $0) }))
    let reversed = try #require(try errors(zip(times, times.reversed()).map { ($0, $1) }))
    #expect(abs(scaled.rankCorrelation! - 1) < 1e-12)
    #expect(abs(reversed.rankCorrelation! + 1) < 1e-12)
  }

  @Test func `runs of different batches are ordered by their time a sample`() throws {
    // Larger batches take longer in all, and less for each sample: measured and predicted agree on both.
    let pairs = try (1...5).map { size in
      let seconds = Double(size).squareRoot()
      return (sample: try sample("\(size)", seconds: seconds, batch: size), predicted: 1.5)
    }
    // A prediction of one time for all is exactly right about seconds a sample, and tells nothing about seconds.
    #expect(abs(StepErrors("t", pairs)!.rankCorrelation! - 1) < 1e-12)
  }

  @Test func `models are ordered each by themselves`() throws {
    // Each model's runs are in the wrong order, the models are in the right one.
    let pairs = try (0..<8).map { place in
      let isLarge = place >= 4
      let measured = Double(place % 4 + 1) + (isLarge ? 100 : 0)
      let predicted = Double(4 - place % 4) + (isLarge ? 100 : 0)
      return (
        sample: try sample("\(place)", seconds: measured, model: isLarge ? "large" : "small"), predicted: predicted
      )
    }
    #expect(abs(StepErrors("t", pairs)!.rankCorrelation! + 1) < 1e-12)
  }

  @Test func `equal values share their rank`() {
    #expect(spearman([1, 1, 2, 2], [5, 5, 7, 7]) == 1)
    #expect(spearman([1, 2, 3], [4, 4, 4]) == nil)
    #expect(abs(spearman([1, 2, 2, 3], [1, 2, 3, 4])! - 0.9486832980505138) < 1e-12)
  }
}
