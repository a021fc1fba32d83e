/// A block's programs as flat lists for one machine.
struct DecodedBlock {
  struct Section {
    var first, end, iterations: Int
  }
  struct Role {
    var firstSection, endSection: Int
  }

  var operations: [MicroOperation] = []
  var sections: [Section] = []
  var roles: [Role] = []
  /// Role of each warp of the block.
  var roleOfWarp: [Int] = []
  var barrierArrivals: [Int]
  var registers = 1

  init(_ block: BlockProgram, on machine: SMMachine) {
    barrierArrivals = block.barrierArrivals
    precondition(barrierArrivals.count <= Warp.ring, "\(block.name): more than \(Warp.ring) barriers")
    for (index, role) in block.roles.enumerated() {
      let first = sections.count
      for section in role.program.sections { append(section, machine) }
      roles.append(Role(firstSection: first, endSection: sections.count))
      roleOfWarp += Array(repeating: index, count: role.warps)
      precondition(first < sections.count && role.warps > 0, "\(block.name): the role \(role.name) does nothing")
    }
  }

  private mutating func append(_ section: WarpProgram.Section, _ machine: SMMachine) {
    let first = operations.count
    for instruction in section.instructions {
      operations.append(MicroOperation(instruction, on: machine))
      let named = instruction.sources + (instruction.destination.map { [$0] } ?? [])
      registers = max(registers, (named.max() ?? 0) + 1)
    }
    sections.append(Section(first: first, end: operations.count, iterations: section.iterations))
  }
}
