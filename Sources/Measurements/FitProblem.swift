import Foundation
import GPUModel

/// One search: a family's constants against rows.
struct FitProblem {
  let family: KernelFamily
  let prior: [Double]
  let own: Bool
  let weight: Double

  init(_ family: KernelFamily, prior: [Double], own: Bool, weight: Double) {
    (self.family, self.prior, self.own, self.weight) = (family, prior, own, weight)
  }

  func solve(
    from start: [Double], _ rows: [KernelSample], _ hosts: [HostConstants]
  ) throws(CalibrationError) -> [Double] {
    let parameters = family.parameters
    let search = PatternSearch(
      widths: parameters.map { own && !$0.isOwn ? 0 : $0.width }, ranges: parameters.map(\.range))
    return search.minimum(from: start) { values in
      guard let times = try? FamilyTimes(family, rows, values) else { return .infinity }
      return times.cost(hosts) + weight * parameters.distance(values, from: prior)
    }
  }
}

extension [ConstantParameter] {
  /// Squared distance of values from their prior, in its standard deviations.
  func distance(_ values: [Double], from prior: [Double]) -> Double {
    var sum = 0.0
    for (index, parameter) in enumerated() {
      let distance = log(values[index] / prior[index]) / parameter.width
      sum += distance * distance
    }
    return sum
  }
}
