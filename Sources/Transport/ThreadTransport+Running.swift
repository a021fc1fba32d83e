import Foundation

extension ThreadTransport {
  /// Runs `body` as every rank of a world, each on a thread of its own, and returns their results in rank order.
  ///
  /// - Parameters:
  ///   - deadline: seconds that a wait lasts at the most.
  ///   - describe: a rank's name in errors, with its place in the mesh.
  /// - Errors: the first rank's error that is no echo of another rank's; all other ranks are ended by it.
  package static func run<Result: Sendable>(
    ranks: Int, deadline: Double, describe: @escaping @Sendable (Int) -> String = { "rank \($0)" },
    _ body: @escaping @Sendable (ThreadTransport) throws -> Result
  ) throws -> [Result] {
    let world = World(ranks: ranks, deadline: deadline, describe: describe)
    let outcomes = Outcomes<Result>(count: ranks)
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        do { outcomes.set(rank, .success(try body(ThreadTransport(rank: rank, world: world)))) } catch {
          world.fail(rank, reason: "\(error)")
          outcomes.set(rank, .failure(error))
        }
      }
      thread.stackSize = 16 << 20
      return thread
    }
    for thread in threads { thread.start() }
    return try outcomes.wait().map { try $0.get() }
  }
}

/// The ranks' results, handed from their threads to the caller.
private final class Outcomes<Value: Sendable>: @unchecked Sendable {
  private let lock = NSCondition()
  private var results: [Result<Value, any Error>?]

  init(count: Int) { results = Array(repeating: nil, count: count) }

  func set(_ rank: Int, _ result: Result<Value, any Error>) {
    lock.withLock {
      results[rank] = result
      lock.signal()
    }
  }

  /// All results; a root cause comes before the errors it made elsewhere.
  func wait() throws -> [Result<Value, any Error>] {
    lock.lock()
    defer { lock.unlock() }
    while results.contains(where: { $0 == nil }) { lock.wait() }
    let all = results.map { $0! }
    for result in all {
      if case .failure(let error) = result, !isEcho(error) { throw error }
    }
    return all
  }

  private func isEcho(_ error: any Error) -> Bool {
    if case .peerFailed? = error as? TransportError { true } else { false }
  }
}
