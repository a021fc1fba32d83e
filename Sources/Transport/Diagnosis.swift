import Foundation

/// Finds out why a wait does not end: asks the rank that is waited for, then the one that rank waits for, and so on. Answers such
/// questions of others.
final class Diagnosis {
  /// Seconds that a rank has to answer. One that waits does at once; one that computes cannot.
  static let grace = 1.5

  private let journal: Journal
  private unowned let link: any ControlLink
  private var questions = 0
  private var answers: [Int: Letter.Answer] = [:]

  init(_ journal: Journal, link: any ControlLink) { (self.journal, self.link) = (journal, link) }

  /// Answers what others have asked meanwhile.
  func serve() throws {
    for bytes in try link.letters() {
      switch Letter(bytes) {
      case .question(let question): try link.post(Letter(answer(question)).bytes, to: question.asker)
      case .answer(let answer): answers[answer.id] = answer
      case nil: break
      }
    }
  }

  private func answer(_ question: Letter.Question) -> Letter.Answer {
    Letter.Answer(
      id: question.id, current: journal.current, awaited: journal.awaited,
      counterpart: question.about.flatMap { journal.counterpart(of: $0, for: question.asker) },
      last: question.about.flatMap(journal.lastFinished))
  }

  /// What `peer` says about `entry`; nil if it does not answer.
  private func ask(_ peer: Int, about entry: Entry?) throws -> Letter.Answer? {
    questions += 1
    let question = Letter.Question(id: questions, asker: journal.rank, about: entry)
    try link.post(Letter(question).bytes, to: peer)
    let limit = ProcessInfo.processInfo.systemUptime + Diagnosis.grace
    while ProcessInfo.processInfo.systemUptime < limit {
      try serve()
      if let answer = answers.removeValue(forKey: question.id) { return answer }
      try link.pause()
    }
    return nil
  }
}

extension Diagnosis {
  /// Why `peers`, of whom at least one has not come, keep this rank waiting.
  ///
  /// - Returns: the error to throw, with the first of them that is absent.
  func stall(waitingFor peers: [Int], seconds: Double) throws -> TransportError {
    guard let entry = journal.current else { return .deadline(waitingFor: peers[0], seconds: seconds) }
    var chain = Chain(asker: journal.rank, entry: entry)
    for peer in peers {
      chain = try follow(peer, entry)
      // A rank that is in the same barrier, or waits for one that is, is not the one that is missing.
      guard peers.count > 1, chain.links.last?.answer?.current == entry else { break }
    }
    let report = StallReport(journal: journal, entry: entry, seconds: seconds, chain: chain)
    return .stalled(missing: chain.links.last!.rank, report: report.text)
  }

  /// From `peer` along the waits to the rank that waits for none, or to one that was met before.
  private func follow(_ peer: Int, _ entry: Entry) throws -> Chain {
    var chain = Chain(asker: journal.rank, entry: entry)
    var (next, about): (Int?, Entry?) = (peer, entry)
    while let rank = next, rank != journal.rank, !chain.links.contains(where: { $0.rank == rank }) {
      let answer = try ask(rank, about: about)
      chain.links.append(Chain.Link(rank: rank, answer: answer))
      (next, about) = (answer?.awaited, answer?.current)
    }
    chain.isClosed = next != nil
    return chain
  }

  /// A message from `peer` has `received` bytes where `expected` were due.
  func wrongSize(from peer: Int, expected: Int, received: Int) throws -> TransportError {
    let (own, other) = (journal.describe(journal.rank), journal.describe(peer))
    let message = "a message of \(received) bytes came where \(expected) were due"
    var report = "\(own) waited for \(other): \(message)"
    if let entry = journal.current {
      let sent = try ask(peer, about: entry)?.counterpart.map { "\($0.activity.size) from \($0.name)" }
      report = "\(entry.name): \(own) has \(entry.activity.size), \(other) sent \(sent ?? "something else"); \(message)"
    }
    return .wrongSize(from: peer, expected: expected, received: received, report: report)
  }
}
