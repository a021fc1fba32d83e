/// The ranks behind a wait: each but the last waits for the next.
struct Chain {
  struct Link {
    var rank: Int
    /// Nil for a rank that does not answer.
    var answer: Letter.Answer?
  }
  var asker: Int
  /// What the asker is in.
  var entry: Entry
  var links: [Link] = []
  /// The last rank waits for one before it: none of them can go on.
  var isClosed = false
}

/// A chain of waits as one line of text.
struct StallReport {
  let journal: Journal
  let entry: Entry
  let seconds: Double
  let chain: Chain

  var text: String {
    let head = "\(entry.title): \(name(journal.rank)) waited \(seconds) s for "
    var about = entry
    let clauses = chain.links.map { link in
      defer { about = link.answer?.current ?? about }
      return "\(name(link.rank)), which \(clause(link, about))"
    }
    return head + clauses.joined(separator: ", waiting for ") + end
  }

  private var end: String {
    guard let last = chain.links.last else { return "" }
    if chain.isClosed, let awaited = last.answer?.awaited {
      return ", waiting for \(name(awaited)): they wait for each other"
    }
    return last.answer == nil ? "; if it is only slow, raise collective_timeout" : ""
  }

  private func name(_ rank: Int) -> String { journal.describe(rank) }

  private func clause(_ link: Chain.Link, _ about: Entry) -> String {
    guard let answer = link.answer else { return silence(link.rank) }
    if let current = answer.current { return current == about ? "is in it too" : "is in \(current.title)" }
    return "has not come to it: it is in no collective, and \(past(answer, about))"
  }

  /// What a rank says of its past that is outside of every wait.
  private func past(_ answer: Letter.Answer, _ about: Entry) -> String {
    if let same = answer.counterpart { return "has finished \(same.title)" }
    return answer.last.map { "its last was \($0.title)" } ?? "has been in none before"
  }

  private func silence(_ rank: Int) -> String {
    let text = "does not answer: it is busy or hung outside of any collective"
    guard let shared = journal.lastShared(with: rank) else { return text }
    return "\(text); the last that it is known here to have joined is \(shared.title)"
  }
}
