import Cluster
import Foundation
import GPUModel
import TestSupport
import Testing
import Yams

/// The plain reading of a calibration against the decoder's, which is the witness.
@Suite struct CalibrationPlainTests {
  private func decoded(_ text: String) -> Calibration? { try? YAMLDecoder().decode(Calibration.self, from: text) }

  @Test func `the built-in file is plain, and is what a YAML decoder reads in it`() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "../Sources/GPUModel/Constants/Data/calibration.yaml").standardizedFileURL
    let text = try String(contentsOf: file, encoding: .utf8)
    let witness = try #require(decoded(text))
    #expect(Calibration(plain: text) == witness)
    #expect(try Calibration.builtIn() == witness)
    #expect(witness.fittedRows?.isEmpty == false && !witness.gpus.isEmpty)
  }

  @Test func `what a calibration writes is plain`() throws {
    var calibration = try Calibration.builtIn()
    calibration.provenance += ["it's quoted: ''#'", "", " - a"]
    calibration.gpus["it's"] = ["norm.vllm": ["tiny": 1.5e-7, "large": 2e20, "whole": 12]]
    let witness = try #require(decoded(calibration.text))
    #expect(Calibration(plain: calibration.text) == witness)
    #expect(witness == calibration)
  }

  @Test(arguments: [
    "provenance: ['a']", "provenance:\n  - \"a\"", "provenance:\n  - a", "provenance:\n- 'a'", "provenance:\n  - 'µs'",
    "---\nprovenance:\n  - 'a'", "provenance:\n  - 'a'\nmore: 1",
    "provenance:\n  - 'a'\ngenerations:\n  ada: {norm: {x: 1}}",
    "provenance:\n  - 'a'\ngenerations:\n  ada:\n    n:\n      x: 1_0",
    "provenance:\n  - 'a'\ngenerations:\n  ada: &a\n    n:\n      x: 1\n  volta:\n    <<: *a",
    "provenance:\n  - 'a\n    b'", "provenance:\n  - 'a'\r",
    "provenance:\n  - 'a'\ngenerations:\n  ada:\n    n:\n      x: 1:30\n      y: .inf",
    "provenance:\n  - 'a'\ngenerations:\n  yamlTag:\n    n:\n      x: 1",
    "provenance:\n  - 'a'\ngenerations:\n  ada:\n    n:\n      x: 1 # why",
  ])
  func `YAML in another form is left to the decoder`(start: String) throws {
    let text = start + (start.contains("generations") ? "\n" : "\ngenerations: {}\n") + "gpus: {}\n"
    #expect(Calibration(plain: text) == nil)
    #expect(try Calibration(parsing: text, file: "c.yaml") == #require(decoded(text)))
  }

  @Test func `no change of a text makes the plain reading say what the decoder does not`() {
    var (changes, plain) = (TextChanges(seed: 7), 0)
    for _ in 0..<6000 {
      let text = changes.changed(CalibrationPlainTests.sample)
      let (found, witness) = (Calibration(plain: text), decoded(text))
      plain += found == nil ? 0 : 1
      #expect(found == nil || found == witness, "\(text)")
      #expect((try? Calibration(parsing: text, file: "c.yaml")) == witness, "\(text)")
    }
    #expect(plain > 600)
  }

  private static let sample = """
    # Where from
    provenance:
      - 'Measured: it''s ours'
      - 'b'
    generations:
      'ada':
        norm:
          launch_us: 2.5
          x: 1e3
        norm.vllm:
          x: 12

      ampere:
        softmax:
          y: 0.0625
    # Fitted
    gpus:
      'A100 PCIe 40GB':
        norm:
          x: 8e-05
    rows_fitted:
      - '9mR99+/A'

    """
}
