/// A list of instructions being written.
struct WarpCode {
  private(set) var instructions: [Instruction] = []

  mutating func add(_ operation: Instruction.Operation, to destination: Int? = nil, from sources: [Int] = []) {
    instructions.append(Instruction(operation, to: destination, from: sources))
  }

  /// `to` = a · b + `to`.
  mutating func accumulate(_ to: Int, _ a: Int, _ b: Int) { add(.fma, to: to, from: [a, b, to]) }
  mutating func load(_ access: MemoryAccess, to: Int) { add(.load(access), to: to) }
  mutating func store(_ access: MemoryAccess, from: Int) { add(.store(access), from: [from]) }

  /// `rest` spread evenly among the first three quarters of `main`, as a compiler places loads among arithmetic.
  mutating func interleave(_ main: [Instruction], with rest: [Instruction]) {
    var next = 0
    for (index, instruction) in main.enumerated() {
      while next < rest.count, next * 3 * main.count <= index * 4 * rest.count {
        instructions.append(rest[next])
        next += 1
      }
      instructions.append(instruction)
    }
    instructions += rest[next...]
  }

  /// Index arithmetic that nothing waits for but what follows it.
  mutating func addresses(_ count: Int, in register: Int) {
    for _ in 0..<count { add(.integer, to: register, from: [register]) }
  }

  /// A loop's own cost: counter, comparison, branch.
  mutating func loopControl(in register: Int) {
    add(.integer, to: register, from: [register])
    add(.integer, to: register + 1, from: [register])
  }
}

func written(_ write: (inout WarpCode) -> Void) -> [Instruction] {
  var code = WarpCode()
  write(&code)
  return code.instructions
}

/// Block programs of known kernels, from shapes and tile sizes.
package enum WarpKernels {}
