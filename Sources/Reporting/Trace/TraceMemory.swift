import Program
import Quantities
import Timing

extension TraceWriter {
  /// Memory of each class as counters: every one of a counter's categories in each event, as viewers that stack them need.
  mutating func writeMemory(_ timeline: Timeline, _ processes: [Int]) throws(ChromeTraceError) {
    var samples = Array(repeating: [Timeline.MemorySample](), count: processes.count)
    for sample in timeline.memory { samples[Int(sample.rankClass)].append(sample) }
    for (process, own) in zip(processes, samples) {
      let (device, host) = (own.filter(\.category.isOnDevice), own.filter { !$0.category.isOnDevice })
      try writeCounter("memory", of: process, device)
      try writeCounter("memory on the host", of: process, host)
    }
  }

  private mutating func writeCounter(
    _ name: String, of process: Int, _ samples: [Timeline.MemorySample]
  ) throws(ChromeTraceError) {
    let held = Set(samples.map(\.category))
    let categories = MemoryCategory.allCases.filter(held.contains)
    let opening = Array("{\"ph\":\"C\",\"pid\":\(process),\"name\":\(jsonText(name)),\"ts\":".utf8)
    let series = categories.enumerated().map { Array("\($0 > 0 ? "," : "")\(jsonText($1.rawValue)):".utf8) }
    var live = Array(repeating: ByteCount.zero, count: categories.count)
    for moment in moments(of: samples) {
      for sample in moment { live[categories.firstIndex(of: sample.category)!] = sample.live }
      try output.beginEvent(opening)
      output.append(microsecondsOf: moment.first!.time.sinceStart.picoseconds)
      output.append(",\"args\":{")
      for (key, value) in zip(series, live) {
        output.append(key)
        output.append(value.value)
      }
      output.append("}}")
    }
  }
}

/// Samples in the order of time, those of an instant together; but each of one category's values apart, so that no peak is lost.
private func moments(of samples: [Timeline.MemorySample]) -> [ArraySlice<Timeline.MemorySample>] {
  // The order that they came in decides between equals.
  let ordered = samples.enumerated()
    .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  var moments: [ArraySlice<Timeline.MemorySample>] = []
  var begin = 0
  for (index, sample) in ordered.enumerated() {
    let moment = ordered[begin..<index]
    if moment.contains(where: { $0.time != sample.time || $0.category == sample.category }) {
      moments.append(moment)
      begin = index
    }
  }
  return begin < ordered.count ? moments + [ordered[begin...]] : moments
}
