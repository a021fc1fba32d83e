import Quantities
import Testing
import Training

struct RunBlocksTests {
  @Test func `a run says at its start what it is about to do`() {
    #expect(
      lines([.began(sampleSummary())]) == [
        "training began 2026-03-01T12:00:00Z",
        "  layout   dp 2: 2 ranks over MPI",
        "  model    809,984 parameters (3.09 MiB in fp32), vocabulary 65",
        "  batch    micro 6 × accumulation 1 × dp 2 = 12 sequences",
        "  step     12 sequences × 64 tokens = 768 tokens",
        "  steps    1 to 200, 0.153 passes over the data",
        "  data     1,003,854 training tokens, 111,540 validation tokens",
        "  machine  2 cores, 80.1 GFLOP/s each in sgemm, measured",
        "  lines    loss, grad norm and lr are of the step itself; time and rates are means since the line before",
      ])
  }

  @Test func `a resumed run says where it goes on`() {
    let block = lines([.began(sampleSummary(firstStep: 1500, steps: 2000))])
    #expect(block.contains("  steps    1,501 to 2,000, resumed after step 1,500, 1.530 passes over the data"))
  }

  @Test func `the batch equation multiplies to the global batch`() {
    for (micro, accumulation, replicas) in [(1, 1, 1), (3, 4, 2), (8, 2, 16)] {
      var summary = sampleSummary()
      (summary.microBatch, summary.accumulation) = (micro, accumulation)
      summary.globalBatch = micro * accumulation * replicas
      let batch = lines([.began(summary)]).first { $0.contains("batch") } ?? ""
      let numbers = batch.split(separator: " ").compactMap { Int($0) }
      #expect(numbers == [micro, accumulation, replicas, summary.globalBatch])
    }
  }

  @Test func `a run says at its end what it took, the ledger beside its witnesses`() {
    #expect(
      lines([.ended(sampleTotals)]) == [
        "training ended 2026-03-01T12:00:00Z, this rank:",
        "  total    200 steps in 12.5 s, 153,600 tokens, 12,288 tokens/s",
        "  memory   105 MiB peak by the ledger, 105 MiB by the allocator (+4.00 KiB, 4,096 bytes)",
        "             activations  92.6 MiB",
        "             optimizer    6.18 MiB",
        "             gradients    3.09 MiB",
        "             parameters   3.09 MiB",
        "  sent     6.18 MiB per step by the ledger, 6.18 MiB by the transport (equal to the byte)",
      ])
  }

  @Test func `one byte that the transport did not send is seen`() {
    var totals = sampleTotals
    totals.transportBytesPerStep = totals.bytesPerStep - ByteCount(1)
    #expect(lines([.ended(totals)]).last?.hasSuffix("6.18 MiB by the transport (-1 B, 1 byte)") == true)
  }
}
