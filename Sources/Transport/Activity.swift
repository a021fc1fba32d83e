package import Collectives
package import Mesh
package import Quantities

/// What a rank does together with others: a collective, a message or a barrier, as errors name it.
package struct Activity: Hashable, Sendable, Codable {
  package enum Kind: Hashable, Sendable, Codable {
    case collective(CollectiveKind)
    case send(to: Int, tag: Int)
    case receive(from: Int, tag: Int)
    case barrier
  }
  package var kind: Kind
  package var scope: Scope
  /// The ranks that take part in a collective; nothing for messages.
  package var group: [Int]
  package var count: Int
  package var type: ScalarType

  package init(_ kind: Kind, scope: Scope, group: [Int] = [], count: Int, type: ScalarType) {
    (self.kind, self.scope, self.group, self.count, self.type) = (kind, scope, group, count, type)
  }

  static func barrier(of ranks: Int) -> Activity {
    Activity(.barrier, scope: .world, group: Array(0..<ranks), count: 0, type: .int32)
  }
}

extension Activity {
  /// Activities that are counted together: those of one group are in the same order on all its members.
  enum Series: Hashable {
    case group([Int])
    case barriers
    case sends(to: Int)
    case receives(from: Int)
  }

  var series: Series {
    switch kind {
    case .collective: .group(group)
    case .barrier: .barriers
    case .send(let peer, _): .sends(to: peer)
    case .receive(let peer, _): .receives(from: peer)
    }
  }

  var tag: Int? {
    switch kind {
    case .send(_, let tag), .receive(_, let tag): tag
    case .collective, .barrier: nil
    }
  }

  /// `4096 fp32`.
  var size: String { "\(count) \(type.rawValue)" }
}

/// An activity and its number in its series, from 1.
struct Entry: Hashable, Sendable, Codable {
  var activity: Activity
  var number: Int

  /// `all-reduce #12 along dp`.
  var name: String {
    switch activity.kind {
    case .collective(let kind): "\(kind.rawValue) #\(number) along \(activity.scope.rawValue)"
    case .send(_, let tag): "send with tag \(tag) along \(activity.scope.rawValue)"
    case .receive(_, let tag): "receive with tag \(tag) along \(activity.scope.rawValue)"
    case .barrier: "barrier #\(number)"
    }
  }

  /// `all-reduce #12 along dp of 4096 fp32`.
  var title: String { activity.kind == .barrier ? name : "\(name) of \(activity.size)" }
}

extension Activity: CustomStringConvertible {
  /// `all-reduce of 4096 fp32 along dp`.
  package var description: String {
    switch kind {
    case .collective(let kind): "\(kind.rawValue) of \(size) along \(scope.rawValue)"
    case .send(let peer, let tag): "send of \(size) along \(scope.rawValue) to rank \(peer) with tag \(tag)"
    case .receive(let peer, let tag): "receive of \(size) along \(scope.rawValue) from rank \(peer) with tag \(tag)"
    case .barrier: "barrier"
    }
  }
}
