import Foundation
import Synchronization

/// One process's runs, each trained once, whatever the number of layouts that are held against it.
package enum ReferenceRuns {
  private static let known = Mutex<[String: RankReport]>([:])

  package static func of(_ run: TinyRun) throws -> RankReport {
    let key = "\(run)"
    if let report = known.withLock({ $0[key] }) { return report }
    // Two tests may train the same run at once; its bits are the same.
    let report = try run.train()[0]
    known.withLock { $0[key] = report }
    return report
  }
}

/// What a matrix of layouts measured, a line for each: written where ORRERY_MATRIX_FIGURES says, nowhere otherwise.
package enum MatrixFigures {
  private static let lock = Mutex(())

  package static func note(_ cell: MatrixCell, _ distance: Distance, seconds: Double) {
    guard let path = ProcessInfo.processInfo.environment["ORRERY_MATRIX_FIGURES"] else { return }
    let line =
      "\(cell)\t\(seconds)\t\(distance.loss)\t\(distance.norm)\t\(distance.parameter)\t\(distance.worstParameter)\n"
    lock.withLock { _ in
      guard let file = unsafe fopen(path, "a") else { return }
      unsafe fputs(line, file)
      unsafe fclose(file)
    }
  }
}
