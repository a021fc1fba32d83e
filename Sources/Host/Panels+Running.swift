import Kernels
import Program
import Quantities

extension HostDevice {
  /// Panel by panel: in, compute, out.
  func run(_ plan: PanelPlan, _ operands: Operands, _ r: [Region], _ w: [Region]) {
    let reads = stage(plan.reads, operands.reads, r, plan)
    let writes = stage(plan.writes, operands.writes, w, plan)
    var start = 0
    repeat {
      let range = start..<plan.end(after: start)
      let panels = (reads.map { $0.enter(range) }, writes.map { $0.enter(range, written: true) })
      compute(plan.part(range, start == 0), panels.0, panels.1)
      for operand in writes { operand.leave(range) }
      start = range.upperBound
    } while start < plan.units
    for operand in writes { operand.finish() }
  }

  private func stage(
    _ slices: [PanelSlice], _ operands: [Operands.Operand], _ regions: [Region], _ plan: PanelPlan
  ) -> [StagedOperand] {
    precondition(slices.count == operands.count, "\(slices.count) slices of \(operands.count) operands")
    return slices.indices.map {
      StagedOperand(slices[$0], operands[$0].type, regions[$0], plan.panelUnits, plan.units, staging)
    }
  }
}

/// One operand of an operation that is cut into panels: a view where it can be one, fp32 staging where it is 16-bit or
/// scattered.
private struct StagedOperand {
  let slice: PanelSlice
  let type: ScalarType
  let region: Region
  let units: Int
  /// nil where panels are slices of the operand itself.
  let staging: Region?

  init(_ slice: PanelSlice, _ type: ScalarType, _ region: Region, _ panelUnits: Int, _ units: Int, _ room: Staging) {
    (self.slice, self.type, self.region, self.units) = (slice, type, region, units)
    if case .whole = slice {
    } else {
      precondition(type != .float64, "a panel computes in fp32, and has fp64 values to work on")
    }
    switch slice {
    case .each(let width), .inPlace(let width):
      staging = type.isHalf ? room.take(singles: width * panelUnits) : nil
    case .planes(let planes):
      precondition(!type.isHalf, "statistics are kept in fp32")
      // One plane, or one panel, is a slice like any other.
      staging = planes > 1 && panelUnits < units ? room.take(singles: planes * panelUnits) : nil
    case .whole(let count):
      staging = type.isHalf ? room.take(singles: count) : nil
      if let staging { convert(from: region, type, to: staging, .float32, count: count) }
    case .sum(let count, let startsFromMemory):
      staging = type.isHalf ? room.take(singles: count) : nil
      if let staging, startsFromMemory { convert(from: region, type, to: staging, .float32, count: count) }
    }
  }

  /// The operand of one panel, brought in if it is to be read.
  func enter(_ range: Range<Int>, written: Bool = false) -> Region {
    switch slice {
    case .each(let width), .inPlace(let width):
      let view = view(range, width)
      guard let staging else { return view }
      if case .each = slice, written { return staging }
      convert(from: view, type, to: staging, .float32, count: range.count * width)
      return staging
    case .planes(let planes):
      guard let staging else { return view(range, planes) }
      if !written { movePlanes(range, planes, staging, inwards: true) }
      return staging
    case .whole, .sum: return staging ?? region
    }
  }

  /// Takes what a panel has written to where it belongs.
  func leave(_ range: Range<Int>) {
    guard let staging else { return }
    switch slice {
    case .each(let width), .inPlace(let width):
      convert(from: staging, .float32, to: view(range, width), type, count: range.count * width)
    case .planes(let planes): movePlanes(range, planes, staging, inwards: false)
    case .whole, .sum: break
    }
  }

  /// Takes a sum to where it belongs, once all panels have added to it.
  func finish() {
    guard case .sum(let count, _) = slice, let staging else { return }
    convert(from: staging, .float32, to: region, type, count: count)
  }

  private func view(_ range: Range<Int>, _ width: Int) -> Region {
    let size = width * type.size
    return region.slice(byteOffset: range.lowerBound * size, byteCount: range.count * size)
  }

  private func movePlanes(_ range: Range<Int>, _ planes: Int, _ staging: Region, inwards: Bool) {
    let size = range.count * type.size
    for plane in 0..<planes {
      let whole = region.slice(byteOffset: (plane * units + range.lowerBound) * type.size, byteCount: size)
      let part = staging.slice(byteOffset: plane * size, byteCount: size)
      copy(from: inwards ? whole : part, to: inwards ? part : whole, byteCount: size)
    }
  }
}
