import Foundation
import Reporting
import Testing

struct TimestampTests {
  @Test func `times are UTC and sort as texts`() {
    let noon = Date(timeIntervalSince1970: 1_772_366_400)
    #expect(timestamp(noon.addingTimeInterval(0.25)) == "2026-03-01T12:00:00.250Z")
    #expect(timestamp(noon, withMilliseconds: false) == "2026-03-01T12:00:00Z")
    let texts = (0..<2000).map { timestamp(noon.addingTimeInterval(Double($0) * 997.003)) }
    #expect(texts == texts.sorted())
    #expect(Set(texts).count == texts.count)
  }
}
