import ArgumentParser
import Cluster
import GPUModel
import Measurements
import Quantities

/// BERT-base's epochs beside a published table of them.
struct ValidateEpochs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epochs", abstract: "Epochs of BERT-base on 180,000 samples, batch 32, beside a published table.",
    discussion: """
      The table says neither the sequence length, nor the number type, nor what an epoch's time includes: this assumes 384 tokens \
      (usual for BERT's question answering), fp32 in eager PyTorch, and forward, backward and AdamW of one epoch. Several GPUs are assumed to share the batches without talking: \
      no real run can be faster than that.
      """)

  @Option(help: "Tokens of a sample: an assumption.") var sequence = 384
  @Option(help: "Samples of a batch on each GPU.") var batch = 32
  @Option(help: "Samples of an epoch.") var samples = 180_000

  /// Hours and minutes of an epoch as published.
  private static let published: [(gpu: String, count: Int, minutes: Int)] = [
    ("P40", 1, 180), ("V100", 1, 77), ("V100", 2, 39), ("V100", 3, 18), ("V100", 4, 7),
  ]

  func run() throws {
    let (catalogue, calibration) = (try GPUCatalogue.builtIn(), try Calibration.builtIn())
    print(
      "BERT-base, \(grouped(samples)) samples, batch \(batch); assumed: \(sequence) tokens, fp32, one epoch, no communication"
    )
    for row in Self.published {
      let seconds = try step(row.gpu, catalogue, calibration) * Double(samples / batch) / Double(row.count)
      print(line(row, minutes: seconds / 60))
    }
    print("The published 3 and 4 GPUs are 4.3 and 11 times as fast as one: faster than the work can be shared.")
  }

  private func step(_ gpu: String, _ catalogue: GPUCatalogue, _ calibration: Calibration) throws -> Double {
    let table = try CSVTable(
      parsing: """
        model,framework,gpu,n_gpus,layers,hidden,heads,vocab,seq_len,global_batch,dtype,scope,step_time_s
        bert_base,PyTorch eager,\(gpu),1,12,768,12,30522,\(sequence),\(batch),fp32,full_step,1

        """, name: "BERT-base")
    return try SingleGPUStep(StepMeasurement(table.rows[0]), catalogue).seconds(calibration)
  }

  private func line(_ row: (gpu: String, count: Int, minutes: Int), minutes: Double) -> String {
    let name = row.count == 1 ? row.gpu : "\(row.count) × \(row.gpu)"
    let error = fixed((minutes / Double(row.minutes) - 1) * 100, decimals: 0)
    return "\(name): predicted \(clock(minutes)), published \(clock(Double(row.minutes)))"
      + (row.count <= 2 ? ", \(error.hasPrefix("-") ? "" : "+")\(error) %" : "")
  }

  private func clock(_ minutes: Double) -> String {
    let whole = Int(minutes.rounded())
    return "\(whole / 60):" + (whole % 60 < 10 ? "0" : "") + "\(whole % 60)"
  }
}
