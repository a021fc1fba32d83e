import Quantities
import Timing

/// What `orrery compare --json` prints; `docs/estimate-json.md` describes every key.
struct CompareRecord: Encodable {
  static let version = 1

  struct Layout: Encodable {
    var settings: [Setting]
    var reason: String
    var refused, best: Bool
    var figures: Figures?
  }
  struct Setting: Encodable {
    var key, value: String
  }
  struct Figures: Encodable {
    var fits: Bool
    var cluster: String
    var gpus, memoryBytes, capacityBytes, sentBytesPerGpu: Int
    var seconds, tokensPerSecond, modelFlopsUtilization, joules, bubbleShare: Double
    var goodput: Double?
    var exposedShares: [Share]
  }
  struct Share: Encodable {
    var kind: String
    var share: Double
  }

  let version: Int
  let notes: [String]
  let layouts: [Layout]
  let errorBand: String

  init(_ comparison: Comparison) {
    (version, notes, errorBand) = (Self.version, comparison.notes, ErrorBand.text)
    layouts = comparison.layouts.enumerated().map { place, layout in
      Layout(
        settings: zip(comparison.keys, layout.values).map { Setting(key: $0, value: $1) },
        reason: LayoutReason(place, of: comparison).text, refused: layout.figures == nil,
        best: place == 0 && comparison.best != nil, figures: layout.figures.map(Figures.init))
    }
  }
}

extension CompareRecord.Figures {
  init(_ figures: LayoutFigures) {
    self.init(
      fits: figures.fits, cluster: figures.cluster, gpus: figures.gpus, memoryBytes: figures.memory.value,
      capacityBytes: figures.capacity.value,
      sentBytesPerGpu: figures.sent.value, seconds: figures.seconds, tokensPerSecond: figures.tokensPerSecond,
      modelFlopsUtilization: figures.mfu, joules: figures.joules, bubbleShare: figures.bubble / figures.seconds,
      goodput: figures.goodput,
      exposedShares: Activity.communication.map {
        .init(kind: $0.name, share: (figures.exposed[$0] ?? 0) / figures.seconds)
      }.filter { $0.share > 0 })
  }
}
