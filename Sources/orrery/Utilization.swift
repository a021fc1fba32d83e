import Foundation
import Quantities

/// A share of what GPUs could do, in percent. A small model on a large GPU has little of it: below 0.1 % it keeps two digits, `0.034 %`.
func utilization(_ share: Double) -> String {
  let value = 100 * abs(share)
  guard value > 0, value < 0.1 else { return percent(share) }
  return percent(share, decimals: 1 - Int(log10(value).rounded(.down)))
}
