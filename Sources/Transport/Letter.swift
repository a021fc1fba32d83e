import Foundation

/// What ranks say to each other about a fault.
enum Letter: Codable {
  case question(Question)
  case answer(Answer)

  struct Question: Codable {
    var id: Int
    var asker: Int
    /// What the asker, or the rank that the asker follows up, is in.
    var about: Entry?
  }

  /// Where a rank is, and what its own part was in what it is asked about.
  struct Answer: Codable {
    var id: Int
    var current: Entry?
    var awaited: Int?
    var counterpart: Entry?
    var last: Entry?
  }

  // The types above always encode.
  var bytes: Data { try! JSONEncoder().encode(self) }

  /// Nil for what is no letter.
  init?(_ bytes: Data) {
    guard let letter = try? JSONDecoder().decode(Letter.self, from: bytes) else { return nil }
    self = letter
  }

  init(_ question: Question) { self = .question(question) }
  init(_ answer: Answer) { self = .answer(answer) }
}

/// The way letters take: beside all other messages.
protocol ControlLink: AnyObject {
  /// Never waits.
  func post(_ letter: Data, to peer: Int) throws
  /// What has arrived since the last call.
  func letters() throws -> [Data]
  /// Lets a moment pass. Errors: the world is over.
  func pause() throws
}
