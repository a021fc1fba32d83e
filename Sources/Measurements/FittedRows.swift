import Foundation
package import GPUModel

/// The measurements that constants were fitted to, known again in any file by name, GPU, operation and time: 24 bits of each.
///
/// One row in 3,000 that was not fitted to is taken for one that was, at 5,000 fitted rows.
package struct FittedRows: Sendable {
  private var fingerprints: Set<UInt32>

  package init(_ samples: [KernelSample] = []) { fingerprints = Set(samples.map(\.fingerprint)) }

  /// - Errors: `CalibrationError` for lines that are no fingerprints.
  package init(of calibration: Calibration) throws(CalibrationError) {
    fingerprints = []
    for line in calibration.fittedRows ?? [] {
      guard let data = Data(base64Encoded: line), data.count.isMultiple(of: 3) else {
        throw CalibrationError("rows_fitted: '\(line.prefix(12))…' holds no fingerprints of rows")
      }
      for start in stride(from: 0, to: data.count, by: 3) {
        fingerprints.insert(data[start..<start + 3].reduce(0) { $0 << 8 | UInt32($1) })
      }
    }
  }

  package var count: Int { fingerprints.count }

  package func union(_ other: FittedRows) -> FittedRows {
    var result = self
    result.fingerprints.formUnion(other.fingerprints)
    return result
  }

  package func contains(_ sample: KernelSample) -> Bool { fingerprints.contains(sample.fingerprint) }

  /// As a calibration file holds them: four characters a row, 24 rows a line.
  package var lines: [String] {
    let sorted = fingerprints.sorted()
    return stride(from: 0, to: sorted.count, by: 24).map { start in
      let line = sorted[start..<min(start + 24, sorted.count)]
      let bytes = line.flatMap { [UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
      return Data(bytes).base64EncodedString()
    }
  }
}

extension KernelSample {
  fileprivate var fingerprint: UInt32 {
    let row = measurement
    return UInt32(stableHash("\(row.id)|\(row.gpuName)|\(row.operation)|\(row.seconds)") >> 40)
  }
}
