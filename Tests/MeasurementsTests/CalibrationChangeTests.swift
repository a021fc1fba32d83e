import GPUModel
import Measurements
import Testing

@Suite struct CalibrationChangeTests {
  private let old = Calibration(
    provenance: [], generations: ["ampere": ["norm": ["a": 1, "b": 2]]], gpus: ["X": ["norm": ["a": 1.1]]])

  private func changes(_ new: Calibration) -> [CalibrationChange] {
    CalibrationChange.between(old, new, generations: ["X": "ampere", "Y": "ampere"])
  }

  @Test func `only what moved by more than one in a hundred is told`() {
    var new = old
    new.generations["ampere"] = ["norm": ["a": 1.009, "b": 2.5]]
    #expect(changes(old) == [])
    #expect(
      changes(new) == [
        CalibrationChange(place: "ampere", table: "norm", moves: [.init("b", from: 2, to: 2.5)])
      ])
  }

  @Test func `a GPU's new constant was its generation's before, and a new table's were none`() {
    var new = old
    new.gpus["X"] = ["norm": ["a": 1.1, "b": 3]]
    new.gpus["Y"] = ["norm": ["a": 1]]
    new.generations["ampere"]?["softmax"] = ["c": 4]
    #expect(
      changes(new) == [
        CalibrationChange(place: "ampere", table: "softmax", moves: [.init("c", from: nil, to: 4)]),
        CalibrationChange(place: "X", table: "norm", moves: [.init("b", from: 2, to: 3)]),
      ])
  }
}
