package import Foundation

/// `2026-03-01T12:00:05.250Z`: UTC, so that times of machines in several places compare as texts.
package func timestamp(_ time: Date, withMilliseconds: Bool = true) -> String {
  time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: withMilliseconds))
}
