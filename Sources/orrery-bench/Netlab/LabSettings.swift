import ArgumentParser
import Quantities

/// What is to be measured, checked.
struct LabSettings {
  var labs: [Lab]
  var minimum, maximum: ByteCount

  /// - Errors: `ValidationError` that names the option, its value, the reason and a way out.
  init(
    worlds: [String], hosts: Int, rate: Bandwidth, bucket: ByteCount, mtu: Int, cores: Int, window: ByteCount,
    minimum: ByteCount, maximum: ByteCount
  ) throws {
    guard mtu >= 576, mtu <= 65_535 else {
      throw ValidationError("--mtu \(mtu): an IP packet has 576 bytes at the least, 65535 at the most.")
    }
    guard bucket.value >= mtu + 14 else {
      throw ValidationError("--bucket \(bucket): a frame of \(mtu + 14) B never passes; take more, or a lower --mtu.")
    }
    guard cores >= 1 else { throw ValidationError("--cores \(cores): hosts need at least one.") }
    guard minimum.value >= 1024, minimum.value.isMultiple(of: 4), maximum >= minimum else {
      throw ValidationError("--minimum \(minimum), --maximum \(maximum): buffers of fp32 from 1 KiB up, in this order.")
    }
    (self.minimum, self.maximum) = (minimum, maximum)
    labs = try worlds.map { text in
      let numbers = text.split(separator: "x").map { Int($0) ?? 0 }
      guard numbers.count == 2, (2...hosts).contains(numbers[0]), (1...8).contains(numbers[1]) else {
        throw ValidationError(
          "--worlds \(text): write hosts x ranks of a host, like 2x4; this lab has \(hosts) hosts, a world 2 or more.")
      }
      return Lab(
        hosts: numbers[0], ranksPerHost: numbers[1], rate: rate, bucket: bucket, mtu: mtu, cores: cores, window: window)
    }
  }
}
