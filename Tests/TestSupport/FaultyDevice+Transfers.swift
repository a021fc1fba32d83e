import Collectives
import Execution
import Program

extension FaultyDevice {
  /// Carries out a transfer as the fault has it.
  func communicate(_ transfer: Transfer, number: Int, _ buffer: Operand, _ transport: () throws -> Void) throws {
    switch fault {
    case .dropsTransfer(number): return
    case .throwsAt(number): throw PlantedError()
    case .replaces(let isMeant, let body) where isMeant(transfer):
      return change(buffer, transfer.count, transfer.type) { body(&$0, transfer) }
    default: try transport()
    }
    switch fault {
    case .rollsTransfer(number, rank):
      change(buffer, transfer.count, transfer.type) { $0.append($0.removeFirst()) }
    case .rolls(let isMeant, let member) where isMeant(transfer) && transfer.position != member:
      changeShard(member, transfer, buffer) { $0.append($0.removeFirst()) }
    case .delays(let isMeant, let member) where isMeant(transfer) && transfer.position != member:
      changeShard(member, transfer, buffer) { $0 = before($0) }
    default: break
    }
  }

  private func changeShard(
    _ member: Int, _ transfer: Transfer, _ buffer: Operand, _ body: (inout [Double]) -> Void
  ) {
    let shard = CollectiveSchedule.shard(member, of: transfer.group.count, count: transfer.count)
    guard !shard.isEmpty else { return }
    let operand = Operand(buffer.buffer, offset: buffer.offset + shard.lowerBound)
    change(operand, shard.count, transfer.type, body)
  }

  /// What was delivered in the same place of the last step; in the first, what is delivered now.
  private func before(_ values: [Double]) -> [Double] {
    delivered.append(values)
    let place = delivered.count - 1
    return place < deliveredBefore.count ? deliveredBefore[place] : values
  }
}
