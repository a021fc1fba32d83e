/// The bounds of `SteadyState` for one wave of a program.
struct WaveEquation {
  /// Iterations of the longest loop that are looked at one by one.
  static let iterations = 4

  let machine: SMMachine
  let block: BlockProgram
  /// Loops cut to four iterations and to three: their difference is what one more iteration adds.
  private let longer: CutBlock, shorter: CutBlock
  private let further: Double

  init(_ block: BlockProgram, on machine: SMMachine) {
    (self.block, self.machine) = (block, machine)
    let cut = min(Self.iterations, block.longestLoop)
    longer = CutBlock(block.cut(to: cut), machine)
    shorter = CutBlock(block.cut(to: max(1, cut - 1)), machine)
    further = Double(block.longestLoop - cut)
  }

  /// Clocks of so many blocks that start together.
  func cycles(blocks: Int) -> Double {
    let one = extrapolated(longer.alone, shorter.alone)
    return SMResource.allCases.reduce(one) { most, resource in
      max(most, extrapolated(longer.bound(resource, blocks: blocks), shorter.bound(resource, blocks: blocks)))
    }
  }

  /// Clocks that each resource is busy.
  func bounds(blocks: Int) -> [SMResource: Double] {
    Dictionary(
      uniqueKeysWithValues: SMResource.allCases.map { resource in
        (resource, extrapolated(longer.busy(resource, blocks: blocks), shorter.busy(resource, blocks: blocks)))
      })
  }

  func largestBound(blocks: Int) -> Double { bounds(blocks: blocks).values.max() ?? 0 }

  private func extrapolated(_ longer: Double, _ shorter: Double) -> Double { longer + further * max(0, longer - shorter) }
}
