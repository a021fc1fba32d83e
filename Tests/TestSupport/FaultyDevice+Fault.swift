package import Program

extension FaultyDevice {
  package enum Fault: Sendable {
    /// Nothing is wrong.
    case none
    /// The first result of every operation of this family is twice what it should be.
    case doubles(String)
    /// The first value of every result of this family is off by its last bit.
    case nudges(String)
    /// The first value of every result of this family is infinite in these steps, on one rank.
    case overflows(String, rank: Int, steps: Range<Int>)
    /// Another operation with the same operands is launched.
    case launches(@Sendable (Operation) -> Operation)
    /// Every sum of squares that begins with its buffer runs over all of it: what other ranks count is counted again.
    case countsReplicatedAgain
    /// Random keys count samples from the rank's own first.
    case countsSamplesLocally
    /// The nth block is never given back.
    case forgets(Int)
    /// The nth transfer of the run (from 0) does not happen, on any rank.
    case dropsTransfer(Int)
    /// One rank's values of the nth transfer arrive one place further on.
    case rollsTransfer(Int, rank: Int)
    /// The nth transfer fails here.
    case throwsAt(Int)
    /// Transfers like these do not happen, on any rank; in their place every rank changes its own values.
    case replaces(@Sendable (Transfer) -> Bool, by: @Sendable (inout [Double], Transfer) -> Void)
    /// Of transfers like these, the shard of one member arrives one place further on, on all others.
    case rolls(@Sendable (Transfer) -> Bool, shard: Int)
    /// Transfers like these deliver, of one member to all others, what they delivered a step before.
    case delays(@Sendable (Transfer) -> Bool, shard: Int)
    /// Messages like these never leave.
    case loses(@Sendable (Message) -> Bool)
    /// Whoever receives takes messages of one tag for those of the other.
    case exchanges(tag: Int, with: Int)

    /// Transfers like these do not happen, on any rank.
    package static func drops(_ isDropped: @escaping @Sendable (Transfer) -> Bool) -> Fault {
      .replaces(isDropped) { _, _ in }
    }
  }
}

package struct PlantedError: Error, CustomStringConvertible {
  package var description: String { "a planted failure" }
}
