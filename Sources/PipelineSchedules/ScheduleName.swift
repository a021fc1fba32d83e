import Quantities

/// The schedules that can be made, by the names that the field gives them.
package enum ScheduleName: String, Hashable, Sendable, CaseIterable {
  case gPipe = "gpipe"
  case oneForwardOneBackward = "1f1b"
  case interleaved
  case loopedBFS = "looped-bfs"
  case zeroBubbleH1 = "zb-h1"
  case interleavedZeroBubble = "interleaved-zb"
  case zeroBubbleV = "zb-v"
  case dualPipeV = "dualpipev"
  case dualPipe = "dualpipe"

  /// Other names of the same schedule, without hyphens.
  private var aliases: [String] {
    switch self {
    case .gPipe: ["fthenb", "afab"]
    case .oneForwardOneBackward: ["pipedream", "pipedreamflush", "dapple"]
    case .interleaved: ["vpp", "interleaved1f1b", "vpp2", "vpp4"]
    case .loopedBFS: ["bfs", "breadthfirst"]
    case .zeroBubbleH1: ["zerobubble", "zerobubbleh1"]
    case .interleavedZeroBubble: ["izb", "interleavedzerobubble"]
    case .zeroBubbleV: ["zbvzerobubble", "zerobubblev"]
    case .dualPipeV, .dualPipe: []
    }
  }

  /// Reads a name or an alias, whatever its case and hyphens: `1F1B`, `ZBV`, `LoopedBFS`, `vpp`.
  ///
  /// - Errors: an unknown name, with the nearest one.
  package init(parsing text: String) throws(ScheduleError) {
    let plain = { (name: String) in name.lowercased().filter { $0 != "-" && $0 != "_" } }
    let typed = plain(text)
    if let name = Self.allCases.first(where: { plain($0.rawValue) == typed || $0.aliases.contains(typed) }) {
      self = name
      return
    }
    let names = Self.allCases.map(\.rawValue)
    let nearest = suggestion(for: text, among: names).map { "did you mean \($0)? " } ?? ""
    throw ScheduleError(
      "schedule", "name", "'\(text)'", "there is none of this name",
      hint: nearest + "there are " + names.joined(separator: ", "))
  }

  /// Stages per rank where nothing else is asked for.
  package var defaultChunks: Int {
    switch self {
    case .gPipe, .oneForwardOneBackward, .zeroBubbleH1: 1
    default: 2
    }
  }

  /// Whether any number of stages per rank will do.
  package var takesChunks: Bool { [.interleaved, .loopedBFS, .interleavedZeroBubble].contains(self) }

  /// Whether micro-batches change chunks in groups whose size can be chosen.
  package var takesGroupSize: Bool { [.interleaved, .interleavedZeroBubble].contains(self) }

  /// Where its stages are.
  package var placement: Placement {
    switch self {
    case .zeroBubbleV, .dualPipeV: .v
    case .dualPipe: .bidirectional
    default: .loop
    }
  }
}
