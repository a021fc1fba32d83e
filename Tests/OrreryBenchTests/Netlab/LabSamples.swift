import Collectives
import Quantities
import orrery_bench

extension Lab {
  /// 25 MB/s of payload; no bucket unless asked for.
  static func sample(
    _ hosts: Int, _ ranksPerHost: Int = 1, rate: Double = 25e6, bucket: Int = 0, window: Int = 1 << 20
  ) -> Lab {
    Lab(
      hosts: hosts, ranksPerHost: ranksPerHost, rate: Bandwidth(rate), bucket: ByteCount(bucket), mtu: 9000, cores: 2,
      window: ByteCount(window))
  }

  static let samples = [sample(2), sample(3), sample(4), sample(2, 2), sample(3, 2), sample(2, 4), sample(4, 2)]
}

extension LabCosts {
  /// Nothing costs anything but the ports.
  static let none = LabCosts(network: .free, memory: .free, copy: Bandwidth(1e18), sum: Bandwidth(1e18))
}

extension MessageCost {
  static let free = MessageCost(latency: .zero, overhead: .zero)
  static let some = MessageCost(latency: SimDuration(seconds: 20e-6), overhead: SimDuration(seconds: 5e-6))
}

extension LabCollective {
  /// Seconds for `bytes` of fp32, in segments of 512 KiB.
  func seconds(_ lab: Lab, _ costs: LabCosts = .none, bytes: Int) -> Double {
    LabSimulation.duration(lab, costs, .float32, segment: 128 << 10) { phases(of: $0, lab, count: bytes / 4) }.seconds
  }

  func programs(_ lab: Lab, count: Int, segment: Int) -> [LabProgram] {
    (0..<lab.ranks).map { LabProgram(rank: $0, phases(of: $0, lab, count: count), segment: segment, .float32) }
  }
}

/// Whether two times differ by a millionth at the most.
func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(a, b) }
