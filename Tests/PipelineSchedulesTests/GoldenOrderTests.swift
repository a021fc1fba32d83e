import Foundation
import PipelineSchedules
import Testing

/// A file of reference orders, and what makes the same one.
struct Golden: CustomTestStringConvertible, Sendable {
  var file: String
  var name: ScheduleName
  var chunks: Int

  /// `izb2_p4_m8_v2.csv`, and so on.
  static let all = [
    Golden(file: "gpipe", name: .gPipe, chunks: 1), Golden(file: "1f1b", name: .oneForwardOneBackward, chunks: 1),
    Golden(file: "vpp2_megatron", name: .interleaved, chunks: 2),
    Golden(file: "vpp2_torch", name: .interleaved, chunks: 2),
    Golden(file: "vpp4_megatron", name: .interleaved, chunks: 4),
    Golden(file: "loopedbfs2", name: .loopedBFS, chunks: 2), Golden(file: "zbh1", name: .zeroBubbleH1, chunks: 1),
    Golden(file: "izb2", name: .interleavedZeroBubble, chunks: 2),
    Golden(file: "zbv", name: .zeroBubbleV, chunks: 2), Golden(file: "dualpipe", name: .dualPipe, chunks: 2),
    Golden(file: "dualpipev", name: .dualPipeV, chunks: 2),
  ]

  var testDescription: String { file }

  func text(_ ranks: Int, _ microBatches: Int) throws -> String {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let path = fixtures.appending(path: "\(file)_p\(ranks)_m\(microBatches)_v\(chunks).csv")
    return try String(contentsOf: path, encoding: .utf8)
  }
}

@Suite struct GoldenOrderTests {
  @Test(arguments: Golden.all, [(2, 4), (4, 8)])
  func `orders equal the reference cell by cell`(_ golden: Golden, _ size: (ranks: Int, microBatches: Int)) throws {
    let made = try PipelineSchedule.make(
      golden.name, ranks: size.ranks, microBatches: size.microBatches, chunks: golden.chunks)
    let rows = try golden.text(size.ranks, size.microBatches).split(whereSeparator: \.isNewline)
    #expect(made.cells.count == rows.count)
    for (rank, row) in rows.enumerated() {
      let expected = row.split(separator: ",").map(String.init)
      let cells = made.cells[rank].map(\.description)
      #expect(cells == expected, "rank \(rank)")
    }
  }

  @Test(arguments: Golden.all, [(2, 4), (4, 8)])
  func `a reference file is read as the schedule that made it`(
    _ golden: Golden, _ size: (ranks: Int, microBatches: Int)
  ) throws {
    let name = golden.name.rawValue
    let made = try PipelineSchedule.make(
      golden.name, ranks: size.ranks, microBatches: size.microBatches, chunks: golden.chunks)
    let read = try PipelineSchedule(csv: try golden.text(size.ranks, size.microBatches), name: name)
    #expect(read == made)
  }
}
