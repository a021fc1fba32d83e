import Foundation
import Quantities
import Testing
import Training

struct MetricsLineTests {
  @Test(arguments: [
    (
      RunEvent.began(sampleSummary(firstStep: 0)),
      #"{"accumulation":1,"cores":2,"event":"began","first_step":0,"global_batch":12,"layout":"dp 2","#
        + #""matmul_gflops":80.1,"micro_batch":6,"parameters":809984,"precision":"fp32","ranks":2,"schema":1,"#
        + #""sequence":64,"steps":200,"time":"2026-03-01T12:00:00.000Z","tokens_per_step":768,"#
        + #""training_tokens":1003854,"transport":"MPI","validation_tokens":111540,"vocabulary":65}"#
    ),
    (
      .step(sampleStep(1)),
      #"{"event":"step","gflops":100,"grad_norm":2.5,"loss":4.19,"lr":1e-05,"remaining_seconds":9.950000000000001,"#
        + #""seconds":0.05,"step":1,"time":"2026-03-01T12:00:00.000Z","tokens":768,"tokens_per_second":15360,"#
        + #""utilization":0.6242197253433209}"#
    ),
    (
      .evaluated(EvaluationReport(step: 9, trainingLoss: 1.5, validationLoss: 1.75, seconds: 2)),
      #"{"event":"evaluation","seconds":2,"step":9,"time":"2026-03-01T12:00:00.000Z","training_loss":1.5,"#
        + #""validation_loss":1.75}"#
    ),
    (
      .evaluated(EvaluationReport(step: 9, trainingLoss: nil, validationLoss: 1.75, seconds: 2)),
      #"{"event":"evaluation","seconds":2,"step":9,"time":"2026-03-01T12:00:00.000Z","validation_loss":1.75}"#
    ),
    (
      .saved(step: 9, path: "out/step-9"),
      #"{"event":"checkpoint","path":"out/step-9","step":9,"time":"2026-03-01T12:00:00.000Z"}"#
    ),
    (
      .note("a \"quoted\"\nnote"),
      #"{"event":"note","text":"a \"quoted\"\nnote","time":"2026-03-01T12:00:00.000Z"}"#
    ),
    (
      .ended(sampleTotals),
      #"{"allocator_bytes":110104576,"control_bytes":0,"event":"ended","memory_bytes":{"activations":97140736,"gradients":3239936,"#
        + #""optimizer":6479872,"parameters":3239936},"peak_memory_bytes":110100480,"seconds":12.5,"#
        + #""sent_bytes":{},"sent_bytes_per_step":6479872,"steps":200,"time":"2026-03-01T12:00:00.000Z","tokens":153600,"#
        + #""tokens_per_second":12288,"transport_bytes_per_step":6479872}"#
    ),
  ])
  func `every event has one line of documented keys in alphabetical order`(_ event: RunEvent, _ line: String) throws {
    let written = try withScratchFile { path in
      try write([event], path)
      return try contents(path)
    }
    #expect(written == line + "\n")
  }

  @Test func `a simulated run's lines have the simulated figures under keys of their own`() throws {
    var (step, totals) = (sampleStep(1), sampleTotals)
    step.simulated = sampleCluster.step
    totals.predicted = PredictedBytes(
      peakMemory: ByteCount(7), perStep: ByteCount(9), memoryByCategory: [:], byRoute: [:])
    let written = try withScratchFile { path in
      try write([.began(sampleSummary(simulated: sampleCluster)), .step(step), .ended(totals)], path)
      return try contents(path).split(separator: "\n").map(String.init)
    }
    let expected = [
      [
        #""cluster":"hgx-h100","cluster_assumed":false,"cluster_gpu":"H100 SXM","#, #""simulated_precision":"fp32","#,
      ],
      [#""seconds":0.05,"simulated_mfu":0.412,"simulated_seconds":0.0123,"#],
      [#""predicted_memory_bytes":7,"predicted_sent_bytes_per_step":9,"#],
    ]
    for (line, parts) in zip(written, expected) {
      for part in parts { #expect(line.contains(part), "\(line)") }
    }
    let bare = try withScratchFile { path in
      try write([.began(sampleSummary()), .step(sampleStep(1)), .ended(sampleTotals)], path)
      return try contents(path)
    }
    #expect(!bare.contains("simulated") && !bare.contains("predicted") && !bare.contains("cluster"))
  }

  @Test func `losses keep every bit on their way through the file`() throws {
    var state: UInt64 = 1
    var losses = [0.0, -0.0, 0.1, 1e16, 1e22, .pi, .leastNonzeroMagnitude, .leastNormalMagnitude]
    losses.append(.greatestFiniteMagnitude)
    while losses.count < 2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let any = Double(bitPattern: state ^ (state >> 29))
      losses += any.isFinite ? [any, 2 + Double(state >> 40) / 1e9, Double(Float(state >> 33) / 3e8)] : []
    }
    let read = try withScratchFile { path in
      try write(losses.map { .step(sampleStep(1, loss: $0)) }, path)
      return try readLines(path).map(\.loss)
    }
    #expect(read == losses.map(Number.init))
  }

  @Test func `what JSON has no number for is a text`() throws {
    let read = try withScratchFile { path in
      try write([Double.nan, .infinity, -.infinity].map { .step(sampleStep(1, loss: $0)) }, path)
      return try readLines(path).map(\.loss)
    }
    #expect(read == [.other("nan"), .other("inf"), .other("-inf")])
  }

  @Test func `notes and ends are stamped with the steps done so far`() throws {
    let events: [RunEvent] = [
      .note("early"), .began(sampleSummary(firstStep: 4)), .note("resumed"), .step(sampleStep(5)), .note("late"),
      .ended(sampleTotals),
    ]
    let read = try withScratchFile { path in
      try write(events, path)
      return try readLines(path).map(\.step)
    }
    #expect(read == [nil, nil, 4, 5, 5, 5])
  }
}
