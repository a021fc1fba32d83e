import COpenBLAS
import Foundation

/// The two types that loops compute in. Everything is inlined into the concrete entry points; no generic leaves the target.
protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable {
  /// One register's worth of values.
  associatedtype Vector: SIMD where Vector.Scalar == Self
  /// e^x by a polynomial that vectorises; within 2.5 units in the last place; below the smallest normal, about that.
  static func exponential(_ x: Self) -> Self
  /// The error function, from libm.
  static func errorFunction(_ x: Self) -> Self
  static func naturalLogarithm(_ x: Self) -> Self
  /// C (+)= alpha·op(A)·op(B), row-major.
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
}

extension Float: KernelScalar {
  typealias Vector = SIMD8<Float>

  /// Cephes' expf: range reduction by ln 2 in two parts, degree 5. Rounding and 2^n come from the bits of a magic sum, because
  /// conversions do not vectorise.
  @inline(__always)
  static func exponential(_ value: Float) -> Float {
    let x = value < -87.3 ? -87.3 : value > 88 ? 88 : value
    let magic: Float = 12_582_912
    let shifted = x * 1.442_695_04 + magic
    let n = shifted - magic
    let f = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
    var p = Float(1.987_569_15e-4)
    p = p * f + 1.398_199_9e-3
    p = p * f + 8.333_452e-3
    p = p * f + 4.166_579_6e-2
    p = p * f + 1.666_666_5e-1
    p = p * f + 5.000_000_1e-1
    return (p * f * f + f + 1) * Float(bitPattern: (shifted.bitPattern &<< 23) &+ 0x3f80_0000)
  }
  static func errorFunction(_ x: Float) -> Float { erff(x) }
  static func naturalLogarithm(_ x: Float) -> Float { logf(x) }

  @inline(__always)
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }
}

extension Double: KernelScalar {
  typealias Vector = SIMD4<Double>

  /// The same reduction with ln 2 in two parts and the Taylor series to degree 13 on |f| ≤ ln 2 / 2.
  @inline(__always)
  static func exponential(_ value: Double) -> Double {
    let x = value < -708 ? -708 : value > 709 ? 709 : value
    let magic = 6_755_399_441_055_744.0
    let shifted = x * 1.442_695_040_888_963_4 + magic
    let n = shifted - magic
    let f = (x - n * 6.931_471_803_691_238e-1) - n * 1.908_214_929_270_587_7e-10
    var p = 1.605_904_383_682_161_3e-10
    p = p * f + 2.087_675_698_786_81e-9
    p = p * f + 2.505_210_838_544_172e-8
    p = p * f + 2.755_731_922_398_589e-7
    p = p * f + 2.755_731_922_398_589_3e-6
    p = p * f + 2.480_158_730_158_730_2e-5
    p = p * f + 1.984_126_984_126_984e-4
    p = p * f + 1.388_888_888_888_889e-3
    p = p * f + 8.333_333_333_333_333e-3
    p = p * f + 4.166_666_666_666_666_4e-2
    p = p * f + 1.666_666_666_666_666_6e-1
    p = p * f + 0.5
    p = p * f + 1
    return (p * f + 1) * Double(bitPattern: (shifted.bitPattern &<< 52) &+ 0x3ff0_0000_0000_0000)
  }
  static func errorFunction(_ x: Double) -> Double { erf(x) }
  static func naturalLogarithm(_ x: Double) -> Double { log(x) }

  @inline(__always)
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>, _ ldb: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }
}
