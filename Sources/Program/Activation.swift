/// The elementwise non-linearities, under their field names.
package enum Activation: String, Hashable, Sendable, CaseIterable, Codable {
  case relu
  /// 0.5·x·(1 + erf(x/√2)). Hendrycks & Gimpel 2016, arXiv:1606.08415.
  case gelu
  /// The tanh approximation of the same paper; GPT-2's `gelu_new`.
  case geluTanh = "gelu_new"
  /// x·sigmoid(x), also called swish.
  case silu
  /// x·sigmoid(1.702·x).
  case quickGELU = "quick_gelu"
}
