/// What one step of a segment does to the clocks of a rank; times in picoseconds.
struct Instruction {
  enum Kind: UInt8 {
    /// `duration` on a stream.
    case work
    /// A collective whose other ranks do the same at the same time.
    case collective
    /// A collective that other tracks take part in: `index` is its meeting.
    case meeting
    /// `index` counts events from the segment's first; negative ones are of earlier segments.
    case record, wait
    /// `bytes` more of the memory category `activity`.
    case memory
  }

  var kind: Kind
  var stream: UInt8
  var activity: UInt8
  var index: Int32 = 0
  var name: Int32 = 0
  var duration: Int = 0
  /// Of the host, to issue it.
  var issue: Int = 0
  var bytes: Int = 0
}

/// A segment in instructions.
struct Score {
  var instructions: [Instruction] = []
  /// Events that it records.
  var events = 0
}
