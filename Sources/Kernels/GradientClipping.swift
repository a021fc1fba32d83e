import Quantities

/// From fp64 partial sums of squares of gradients that a loss scale multiplies: the norm without the scale, and the factor
/// min(1, maximum / (norm + 1e-6)) / scale that undoes the scale and clips; maximum 0 clips nothing.
///
/// Gradients that are not finite have the norm that comes out, and NaN as their factor: a guarded step then does nothing.
package func clipCoefficient(
  partials: Region, count: Int, scale: Region, norm: Region, coefficient: Region, maximum: Double
) {
  let (total, scale) = (sum(.float64, partials, count: count), scale.values(Double.self, 1)[0])
  let value = total.squareRoot() / scale
  norm.values(Double.self, 1)[0] = value
  let factor = maximum > 0 ? min(1, maximum / (value + 1e-6)) : 1
  coefficient.values(Double.self, 1)[0] = total.isFinite ? factor / scale : .nan
}
