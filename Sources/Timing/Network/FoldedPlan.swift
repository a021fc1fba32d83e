import Quantities

/// A plan with one rank, message and link of each class.
///
/// A link of a class carries, of each class of messages, as many as the class's least link does: the route of the one message that is
/// played counts the link as often.
struct FoldedPlan {
  struct Message {
    /// Classes of the ranks at its ends.
    var from, to: Int
    var bytes: ByteCount
    var delay, duration: SimDuration
    /// Classes of links, some of them several times.
    var route: [Int] = []
  }

  struct Phase {
    var messages: Range<Int>
    var repeats: Int
  }

  /// Of groups that are not another's image.
  private(set) var programs: [[Phase]] = []
  private(set) var messages: [Message] = []
  let capacities: [Bandwidth]
  let classes: Int
  private let classOfRank: [Int]
  private let classOfLink: [Int]

  init(_ plan: MessagePlan, _ symmetry: SymmetryClasses) {
    (classes, classOfRank) = (symmetry.ranks.leasts.count, symmetry.ranks.classes)
    classOfLink = symmetry.links.classes
    capacities = symmetry.links.leasts.map { plan.capacities[$0] }
    for phases in plan.phases { fold(phases, plan, symmetry.messages.leasts) }
    addRoutes(plan, symmetry)
  }

  /// Least messages are numbered as their classes are: in order.
  private mutating func fold(_ phases: [MessagePlan.Phase], _ plan: MessagePlan, _ leasts: [Int]) {
    var program: [Phase] = []
    for phase in phases {
      let start = messages.count
      while messages.count < leasts.count, phase.messages.contains(leasts[messages.count]) {
        let message = plan.messages[leasts[messages.count]]
        let channel = plan.channels[message.channel]
        messages.append(
          Message(
            from: classOfRank[message.from], to: classOfRank[message.to], bytes: message.bytes,
            delay: channel.delay, duration: channel.duration(message.bytes)))
      }
      if start < messages.count { program.append(Phase(messages: start..<messages.count, repeats: phase.repeats)) }
    }
    if !program.isEmpty { programs.append(program) }
  }

  private mutating func addRoutes(_ plan: MessagePlan, _ symmetry: SymmetryClasses) {
    let (classes, leasts) = symmetry.links
    for (index, message) in plan.messages.enumerated() {
      for link in plan.channels[message.channel].links where leasts[classes[link]] == link {
        messages[symmetry.messages.classes[index]].route.append(classes[link])
      }
    }
  }

  /// From classes of ranks to all ranks.
  func spread<Value>(_ values: [Value]) -> [Value] { classOfRank.map { values[$0] } }

  /// Bytes of classes of links to links of the topology.
  func spread(_ carried: [Double], _ plan: MessagePlan) -> [Int: ByteCount] {
    Dictionary(uniqueKeysWithValues: zip(plan.links, classOfLink.map { ByteCount(Int(carried[$0].rounded())) }))
  }
}
