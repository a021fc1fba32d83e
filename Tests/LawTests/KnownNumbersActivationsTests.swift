import Model
import Quantities
import Testing
import Training

/// Activation memory of a layer by Korthikanti et al. 2022, arXiv:2205.05198, equations 1 to 6 and table 2, in bytes at 16 bits.
///
/// Our program keeps less and more than theirs, all of it by name:
/// - no masks of dropout, one byte a value: they are drawn again from their key;
/// - no scores, 5·a·s²·b: attention is one kernel, which keeps a log-sum-exp of 4·a·s·b instead;
/// - the statistics of two norms, two fp32 values a row each;
/// - under selective recomputation not even the attended values, 2·s·b·h, which the paper keeps.
@Suite struct KnownNumbersActivationsTests {
  struct Case: Sendable, CustomStringConvertible {
    var b = 1
    var s = 512
    var h = 1024
    var a = 16
    var t = 1
    var isSequenceParallel = false
    var description: String { "b \(b) s \(s) h \(h) a \(a) t \(t) \(isSequenceParallel ? "sp" : "")" }

    var sbh: Int { s * b * h }
    /// Ranks that share the rows of norms and dropouts.
    var sharers: Int { isSequenceParallel ? t : 1 }
    var masks: Int { 2 * sbh / sharers }
    var scores: Int { 5 * a * s * s * b / t }
    var logSumExp: Int { 4 * a * s * b / t }
    var statistics: Int { 2 * 2 * 4 * s * b / sharers }
    var attended: Int { 2 * sbh / t }

    /// What a layer keeps: the difference of two layers and one.
    func saved(_ recomputation: Recomputation) throws -> Int {
      let runs = try [1, 2].map { layers in
        var run = KnownNumbers(KnownNumbers.gpt(layers: layers, hidden: h, heads: a, positions: s))
        (run.batch, run.sequence, run.tensor) = (b, s, t)
        (run.isSequenceParallel, run.recomputation) = (isSequenceParallel, recomputation)
        return try run.savedActivations()
      }
      return runs[1] - runs[0]
    }
  }

  static let cases: [Case] = [
    Case(), Case(b: 4), Case(s: 2048), Case(h: 2048, a: 8), Case(b: 2, s: 256, h: 512, a: 4),
  ]
  static let parallel: [Case] = cases.flatMap { plain in
    [2, 4].map { ranks in
      var cut = plain
      cut.t = ranks
      return cut
    }
  }

  @Test(arguments: cases)
  func `one rank keeps sbh(34 + 5as/h)`(plain: Case) throws {
    let paper = 34 * plain.sbh + 5 * plain.a * plain.s * plain.s * plain.b
    let own = try plain.saved(.none)
    #expect(own + plain.masks + plain.scores - plain.logSumExp - plain.statistics == paper)
  }

  @Test(arguments: parallel)
  func `tensor parallelism leaves sbh(10 + 24/t + 5as/ht)`(cut: Case) throws {
    let paper = 10 * cut.sbh + 24 * cut.sbh / cut.t + cut.scores
    let own = try cut.saved(.none)
    #expect(own + cut.masks + cut.scores - cut.logSumExp - cut.statistics == paper)
  }

  @Test(arguments: parallel)
  func `sequence parallelism divides all of it: sbh/t (34 + 5as/h)`(cut: Case) throws {
    var rows = cut
    rows.isSequenceParallel = true
    let paper = 34 * rows.sbh / rows.t + rows.scores
    let own = try rows.saved(.none)
    #expect(own + rows.masks + rows.scores - rows.logSumExp - rows.statistics == paper)
  }

  @Test(arguments: parallel)
  func `selective recomputation drops the attention core: 34 sbh/t, or sbh(10 + 24/t)`(cut: Case) throws {
    var rows = cut
    rows.isSequenceParallel = true
    let (both, alone) = (try rows.saved(.selective), try cut.saved(.selective))
    #expect(both + rows.masks + rows.attended - rows.statistics == 34 * rows.sbh / rows.t)
    #expect(alone + cut.masks + cut.attended - cut.statistics == 10 * cut.sbh + 24 * cut.sbh / cut.t)
  }

  @Test(arguments: parallel)
  func `full recomputation keeps the input of a layer: 2 sbh, over t under sequence parallelism`(cut: Case) throws {
    var rows = cut
    rows.isSequenceParallel = true
    let (whole, shared) = (try cut.saved(.full(every: 1)), try rows.saved(.full(every: 1)))
    #expect(whole == 2 * cut.sbh)
    #expect(shared == 2 * rows.sbh / rows.t)
  }
}
