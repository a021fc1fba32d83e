/// What one warp runs: sections in order, each a list of instructions and how often it is repeated.
///
/// A prologue and an epilogue are sections that run once; the main loop is the section that runs longest.
package struct WarpProgram: Hashable, Sendable {
  package struct Section: Hashable, Sendable {
    package var instructions: [Instruction]
    package var iterations: Int
    package init(_ instructions: [Instruction], iterations: Int = 1) {
      (self.instructions, self.iterations) = (instructions, iterations)
    }
  }

  package var sections: [Section]

  package init(_ sections: [Section]) {
    self.sections = sections.filter { !$0.instructions.isEmpty && $0.iterations > 0 }
  }

  package init(prologue: [Instruction] = [], body: [Instruction], iterations: Int, epilogue: [Instruction] = []) {
    self.init([Section(prologue), Section(body, iterations: iterations), Section(epilogue)])
  }

  /// Instructions that one warp issues, with the EXIT that ends it.
  package var issued: Int { 1 + sections.reduce(0) { $0 + $1.instructions.count * $1.iterations } }
  package var longestLoop: Int { sections.map(\.iterations).max() ?? 0 }

  /// The same with loops of `full` iterations cut to `iterations`.
  func cut(_ full: Int, to iterations: Int) -> WarpProgram {
    WarpProgram(
      sections.map { Section($0.instructions, iterations: $0.iterations == full ? iterations : $0.iterations) })
  }
}

/// What one block runs: groups of warps that share a program (all alike, or producers and consumers), and the barriers
/// between them.
package struct BlockProgram: Hashable, Sendable {
  package struct Role: Hashable, Sendable {
    package var name: String
    package var warps: Int
    package var program: WarpProgram
    package init(_ name: String = "warp", warps: Int, _ program: WarpProgram) {
      (self.name, self.warps, self.program) = (name, warps, program)
    }
  }

  package var name: String
  package var roles: [Role]
  /// Arrivals that complete a phase, of each block-wide barrier.
  package var barrierArrivals: [Int]
  /// What the block does, as the user counts it: FLOPs, and bytes that it must move at least.
  package var usefulFLOPs: Int, usefulBytes: Int
  /// Registers a thread and bytes of shared memory a block: what occupancy is made of.
  package var registersPerThread: Int, sharedMemory: Int

  package init(
    _ name: String, roles: [Role], barrierArrivals: [Int] = [], usefulFLOPs: Int = 0, usefulBytes: Int = 0,
    registersPerThread: Int = 32, sharedMemory: Int = 0
  ) {
    (self.name, self.roles, self.barrierArrivals) = (name, roles, barrierArrivals)
    (self.usefulFLOPs, self.usefulBytes) = (usefulFLOPs, usefulBytes)
    (self.registersPerThread, self.sharedMemory) = (registersPerThread, sharedMemory)
  }

  package init(_ name: String, warps: Int, _ program: WarpProgram, usefulFLOPs: Int = 0, usefulBytes: Int = 0) {
    self.init(name, roles: [Role(warps: warps, program)], usefulFLOPs: usefulFLOPs, usefulBytes: usefulBytes)
  }

  package var warps: Int { roles.reduce(0) { $0 + $1.warps } }
  package var threads: Int { warps * SMMachine.warpSize }
  /// Warp instructions that the block issues.
  package var issued: Int { roles.reduce(0) { $0 + $1.warps * $1.program.issued } }
  package var longestLoop: Int { roles.map(\.program.longestLoop).max() ?? 0 }

  /// Its warps never wait for one another.
  var hasNoBarrier: Bool {
    roles.allSatisfy { role in
      role.program.sections.allSatisfy { section in section.instructions.allSatisfy { $0.operation != .barrier } }
    }
  }

  /// The same with its longest loops cut.
  func cut(to iterations: Int) -> BlockProgram {
    var block = self
    let full = longestLoop
    for index in roles.indices { block.roles[index].program = roles[index].program.cut(full, to: iterations) }
    return block
  }
}
