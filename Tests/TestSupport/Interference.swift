package import Execution
package import Host
package import Training
package import Transport

/// What a test puts between a run and its device, its transport and its data. A law that holds without interference must find
/// each fault that an interference plants.
package struct Interference: Sendable {
  package var device: @Sendable (_ host: HostDevice, _ rank: Int) -> any Device = { host, _ in host }
  package var transport: @Sendable (ThreadTransport) -> any Transport = { $0 }
  package var batches: @Sendable ([MicroBatch]) -> [MicroBatch] = { $0 }

  package init() {}

  package static func device(
    _ make: @escaping @Sendable (_ host: HostDevice, _ rank: Int) -> any Device
  ) -> Interference {
    var result = Interference()
    result.device = make
    return result
  }

  package static func transport(_ make: @escaping @Sendable (ThreadTransport) -> any Transport) -> Interference {
    var result = Interference()
    result.transport = make
    return result
  }

  /// Two micro-batches change places, but keep the counters of the place they are computed in.
  package static let swappedMicroBatches: Interference = {
    var result = Interference()
    result.batches = { batches in
      var swapped = batches
      (swapped[0].inputs, swapped[1].inputs) = (batches[1].inputs, batches[0].inputs)
      (swapped[0].targets, swapped[1].targets) = (batches[1].targets, batches[0].targets)
      return swapped
    }
    return result
  }()
}
