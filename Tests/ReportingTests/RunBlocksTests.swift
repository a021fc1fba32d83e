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
        "  lines    loss, grad norm and lr are of the step itself; real is this CPU, means since the line before",
      ])
  }

  @Test func `a simulated run says on what, in which precision, and which clock is which`() {
    let block = lines([.began(sampleSummary(simulated: sampleCluster))])
    #expect(
      block.suffix(2) == [
        "  cluster  hgx-h100, 2 nodes of 8 × H100 SXM, simulated in fp32",
        "  lines    loss, grad norm and lr are of the step itself; sim is a step on the cluster, by models; "
          + "real is this CPU, means since the line before",
      ])
  }

  @Test func `a cluster that nobody named and a precision of its own are said so`() {
    var cluster = sampleCluster
    (cluster.isAssumed, cluster.precision, cluster.nodes) = (true, .bfloat16, 1)
    let block = lines([.began(sampleSummary(simulated: cluster))])
    #expect(
      block.contains(
        "  cluster  hgx-h100, 1 node of 8 × H100 SXM, simulated in bf16 in place of the run's fp32; assumed, "
          + "the run names no cluster"))
  }

  @Test func `a run that is not simulated says why where there is a reason`() {
    var summary = sampleSummary()
    summary.unsimulated = "no fp64 rate of H100"
    #expect(lines([.began(summary)]).contains("  cluster  none is simulated: no fp64 rate of H100"))
    #expect(!lines([.began(sampleSummary())]).contains { $0.contains("cluster") })
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

  @Test func `a run whose shapes were asked first shows what they said beside what was, to the byte`() {
    var totals = sampleTotals
    totals.bytesByRoute = ["dp all-reduce": ByteCount(6_479_872)]
    totals.predicted = PredictedBytes(
      peakMemory: totals.peakMemory, perStep: totals.bytesPerStep - ByteCount(1),
      memoryByCategory: totals.memoryByCategory.merging(["inputs": ByteCount(2048)]) { $1 }, byRoute: [:])
    #expect(
      lines([.ended(totals)]).suffix(12) == [
        "  memory   105 MiB peak by the ledger, 105 MiB by the allocator (+4.00 KiB, 4,096 bytes)",
        "           105 MiB predicted on shapes alone (equal to the byte)",
        "                          predicted       real",
        "             activations   92.6 MiB   92.6 MiB",
        "             optimizer     6.18 MiB   6.18 MiB",
        "             gradients     3.09 MiB   3.09 MiB",
        "             parameters    3.09 MiB   3.09 MiB",
        "             inputs        2.00 KiB        0 B",
        "  sent     6.18 MiB per step by the ledger, 6.18 MiB by the transport (equal to the byte)",
        "           6.18 MiB predicted on shapes alone (+1 B, 1 byte)",
        "                            predicted       real",
        "             dp all-reduce        0 B   6.18 MiB",
      ])
  }

  @Test func `one byte that the transport did not send is seen`() {
    var totals = sampleTotals
    totals.transportBytesPerStep = totals.bytesPerStep - ByteCount(1)
    #expect(lines([.ended(totals)]).last?.hasSuffix("6.18 MiB by the transport (-1 B, 1 byte)") == true)
  }
}
