import Cluster
import GPUModel
import Quantities
import WarpModel

/// A kernel's blocks on one multiprocessor, simulated warp by warp: one wave, with the longest loops extrapolated.
struct KernelWarps {
  private let estimate: KernelEstimate
  private let machine: SMMachine
  private let block: BlockProgram

  /// - Errors: a kernel of which there is no warp program, with those of which there is one.
  init(_ estimate: KernelEstimate) throws {
    self.estimate = estimate
    let gpu = estimate.gpu
    let active = min(gpu.multiprocessors, estimate.time.launchShape.blocks)
    do { machine = try SMMachine(gpu).whenActive(active, of: gpu.multiprocessors) } catch {
      throw Failure(code: .software, text: "\(error)").error
    }
    block = try KernelWarpProgram(estimate, machine).block
  }

  var text: String {
    let resident = max(1, min(resident, machine.limits.warps / block.warps))
    let run = SMSimulator(machine).run(block, resident: resident, blocks: resident)
    let equation = SteadyState(block, on: machine, resident: resident, blocks: resident)
    return SMReport.text(of: run, equation: equation)
  }

  /// As many blocks as fit, or as there are for each multiprocessor.
  private var resident: Int {
    let shape = estimate.time.launchShape
    let each = (shape.blocks + estimate.gpu.multiprocessors - 1) / estimate.gpu.multiprocessors
    return min(shape.blocksPerMultiprocessor, each)
  }
}
