import Execution
import Host
import Kernels
import Mesh
import Model
import Program
import TestSupport
import Training
import Transport

import struct Foundation.Data

extension TinyRun {
  /// Three steps with every dropout at 0.1.
  static var masked: TinyRun {
    var model = GPT2Configuration(vocabularySize: 31, positions: 12, hidden: 16, layers: 2, heads: 2)
    (model.embeddingDropout, model.attentionDropout, model.residualDropout) = (0.1, 0.1, 0.1)
    var run = TinyRun()
    run.model = .gpt2(model)
    return run
  }

  /// Verifies a layout; interference stands between the layout and its devices and data, never before the one process.
  func verify(_ layout: TinyLayout, _ interference: Interference = Interference()) throws -> VerificationReport {
    setMatmulThreads(1)
    let run = self
    let verification = Verification(plan(layout), mesh: layout.mesh, steps: steps)
    var alone = TinyLayout()
    alone.microBatches = layout.microBatches * layout.data
    let single = alone
    _ = try ThreadTransport.run(ranks: layout.ranks, deadline: deadline, describe: layout.mesh.describe) { transport in
      let device = interference.device(try HostDevice(transport: transport), transport.rank)
      let place = Verification.Place(
        rank: transport.rank, device: device, alone: transport.rank == 0 ? try HostDevice(transport: nil) : nil,
        barrier: transport.barrier)
      try verification.run(place) { trainer, step in
        trainer.executor.device === device
          ? interference.batches(run.microBatches(step: step, rank: transport.rank, layout))
          : run.microBatches(step: step, rank: 0, single)
      }
    }
    return verification.report
  }
}

/// Computes as the host does, but for one matrix product, which comes out doubled.
final class DoublingDevice: Device {
  private let host: HostDevice
  private let place: Int?
  private var products = 0

  /// - Parameter place: which product of the run, from 0; nil for none.
  init(_ host: HostDevice, at place: Int?) { (self.host, self.place) = (host, place) }

  func launch(_ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream) {
    host.launch(operation, reading: reading, writing: writing, on: stream)
    guard operation.name == "matmul" else { return }
    defer { products += 1 }
    guard products == place, let result = operation.operands.writes.first else { return }
    let values = Values.doubles(host.read(writing[0], count: result.count)!, as: result.type)
    host.write(Values.bytes(values.map { 2 * $0 }, as: result.type), to: writing[0])
  }

  var computes: Bool { true }
  func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID { host.allocate(spec, category) }
  func free(_ id: BufferID) { host.free(id) }
  func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    try host.communicate(transfer, on: buffer, scratch: scratch, stream: stream)
  }
  func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    try host.post(message, on: buffer, stream: stream)
  }
  func complete(_ message: Message, stream: Program.Stream) throws { try host.complete(message, stream: stream) }
  func record(_ event: Event, on stream: Program.Stream) { host.record(event, on: stream) }
  func wait(_ event: Event, on stream: Program.Stream) { host.wait(event, on: stream) }
  func read(_ operand: Operand, count: Int) -> Data? { host.read(operand, count: count) }
  func write(_ bytes: Data, to operand: Operand) { host.write(bytes, to: operand) }
}
