import Cluster
import Foundation
import GPUModel

extension KernelFamily {
  func values(_ calibration: Calibration, _ table: String, _ gpu: GPU) throws(CalibrationError) -> [Double] {
    switch self {
    case .matmulTensor, .matmulFP8, .matmulSIMT, .batchedSIMT:
      (try calibration.constants(table, for: gpu) as MatmulConstants).values
    case .elementwise: (try calibration.constants(table, for: gpu) as StreamingConstants).values
    case .softmax, .norm: (try calibration.constants(table, for: gpu) as RowConstants).values
    case .attentionForward, .attentionBackward:
      (try calibration.constants(table, for: gpu) as AttentionConstants).values
    }
  }

  /// Values as a file holds them, rounded to four digits: more would say more than was measured.
  func table(_ values: [Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: zip(parameters, values).map { ($0.name, fourDigits($1 / $0.unit)) })
  }
}

private func fourDigits(_ value: Double) -> Double { Double(String(format: "%.4g", value)) ?? value }
