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
      (usual for BERT's question answering), fp32 in eager PyTorch, and forward, backward and AdamW of one epoch. Several GPUs \
      are assumed to share the batches without talking: no real run can be faster than that.
      """)

  @Option(help: "Tokens of a sample: an assumption.") var sequence = 384
  @Option(help: "Samples of a batch on each GPU.") var batch = 32
  @Option(help: "Samples of an epoch.") var samples = 180_000

  /// Hours and minutes of an epoch as published.
  private static let published: [(gpu: String, count: Int, minutes: Int)] = [
    ("P40", 1, 180), ("V100", 1, 77), ("V100", 2, 39), ("V100", 3, 18), ("V100", 4, 7),
  ]

  func validate() throws {
    for (option, value) in [("--sequence", sequence), ("--batch", batch), ("--samples", samples)] where value < 1 {
      throw ValidationError("\(option) \(value): one at least.")
    }
    guard Double(sequence) * Double(batch) <= 1e7 else {
      throw ValidationError("--sequence \(sequence) --batch \(batch): a batch has 10,000,000 tokens at most.")
    }
    guard samples <= 1_000_000_000_000 else {
      throw ValidationError("--samples \(samples): an epoch has 1,000,000,000,000 at most.")
    }
  }

  func run() throws {
    let (catalogue, calibration) = (try GPUCatalogue.builtIn(), try Calibration.builtIn())
    print(
      "BERT-base, \(grouped(samples)) samples, batch \(batch); assumed: \(sequence) tokens, fp32, one epoch, no communication"
    )
    for row in Self.published {
      let seconds = try step(row.gpu, catalogue, calibration) * Double(batches) / Double(row.count)
      print(line(row, minutes: seconds / 60))
    }
    print(Self.closing)
  }

  /// The last batch may be smaller; it takes as long.
  private var batches: Int { (samples + batch - 1) / batch }

  /// What the published figures of several GPUs say beside that of one.
  private static var closing: String {
    let ratios = published.compactMap { row -> (count: Int, ratio: Double)? in
      guard let alone = published.first(where: { $0.gpu == row.gpu && $0.count == 1 }) else { return nil }
      let ratio = Double(alone.minutes) / Double(row.minutes)
      return ratio > Double(row.count) ? (row.count, ratio) : nil
    }
    let counts = ratios.map { "\($0.count)" }.joined(separator: " and ")
    let times = ratios.map { fixed($0.ratio, decimals: $0.ratio < 10 ? 1 : 0) }.joined(separator: " and ")
    return "The published \(counts) GPUs are \(times) times as fast as one: faster than the work can be shared."
  }

  private func step(_ gpu: String, _ catalogue: GPUCatalogue, _ calibration: Calibration) throws -> Double {
    let table = try CSVTable(
      parsing: """
        id,model,framework,gpu,n_gpus,layers,hidden,heads,vocab,seq_len,global_batch,dtype,scope,step_time_s
        BERT-base,bert_base,PyTorch eager,\(gpu),1,12,768,12,30522,\(sequence),\(batch),fp32,full_step,1

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
