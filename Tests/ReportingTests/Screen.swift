/// What a terminal shows after some output: an independent reading of carriage return, line feed, and "erase to the end".
struct Screen {
  private(set) var lines: [String] = []
  /// The line that the cursor is on.
  private(set) var last = ""
  /// The longest that the cursor's line ever was while it was redrawn in place.
  private(set) var widestBar = 0
  private var column = 0

  init(_ output: String) {
    var rest = Substring(output)
    while let character = rest.first {
      if rest.hasPrefix("\u{1B}[K") {
        last = String(last.prefix(column))
        rest = rest.dropFirst(3)
      } else {
        take(character)
        rest = rest.dropFirst()
      }
    }
    widestBar = max(widestBar, last.count)
  }

  private mutating func take(_ character: Character) {
    switch character {
    case "\r":
      widestBar = max(widestBar, last.count)
      column = 0
    case "\n":
      lines.append(last)
      (last, column) = ("", 0)
    default:
      last = String(last.prefix(column)) + [character] + last.dropFirst(column + 1)
      column += 1
    }
  }
}
