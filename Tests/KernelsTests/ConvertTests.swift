import Foundation
import Kernels
import Quantities
import Testing

/// A 16-bit type by its definition: a sign, `exponentBits`, `fractionBits`.
private struct HalfFormat: CustomTestStringConvertible {
  let type: ScalarType
  let exponentBits, fractionBits: Int

  static let all = [
    HalfFormat(type: .bfloat16, exponentBits: 8, fractionBits: 7),
    HalfFormat(type: .float16, exponentBits: 5, fractionBits: 10),
  ]
  var testDescription: String { type.rawValue }
  var infinity: UInt16 { UInt16((1 << exponentBits) - 1) << fractionBits }

  /// What a pattern without sign stands for; the pattern of infinity as the value that would come next.
  func magnitude(_ pattern: UInt16) -> Double {
    let (exponent, fraction) = (Int(pattern) >> fractionBits, Int(pattern) & ((1 << fractionBits) - 1))
    let unit = pow(2, Double(max(exponent, 1) - ((1 << (exponentBits - 1)) - 1) - fractionBits))
    return (Double(exponent > 0 ? fraction + 1 << fractionBits : fraction)) * unit
  }

  func value(_ pattern: UInt16) -> Double {
    let sign: Double = pattern >> 15 == 1 ? -1 : 1
    let rest = pattern & 0x7fff
    return rest > infinity ? .nan : sign * (rest == infinity ? .infinity : magnitude(rest))
  }
}

/// Values through one conversion.
private func converted<X, Y>(_ x: [X], _ from: ScalarType, _ to: ScalarType, as _: Y.Type) throws -> [Y] {
  let arena = try Arena(capacity: 1 << 30)
  let (source, target) = (arena.allocate(x.count * from.size), arena.allocate(x.count * to.size))
  setBytes(x.withUnsafeBytes { Data($0) }, of: source)
  convert(from: source, from, to: target, to, count: x.count)
  return bytes(of: target, count: x.count * to.size).withUnsafeBytes { Array($0.bindMemory(to: Y.self)) }
}

@Suite("Conversion of stored types")
struct ConvertTests {
  private static let patterns = Array(UInt16.min...UInt16.max)

  @Test("Every 16-bit pattern stands for its value and comes back as it was", arguments: HalfFormat.all)
  private func allPatterns(_ format: HalfFormat) throws {
    let singles = try converted(Self.patterns, format.type, .float32, as: Float.self)
    let doubles = try converted(Self.patterns, format.type, .float64, as: Double.self)
    let expected = Self.patterns.map(format.value)
    let wrong = Self.patterns.indices.filter {
      let (value, single, double) = (expected[$0], Double(singles[$0]), doubles[$0])
      return value.isNaN ? !(single.isNaN && double.isNaN) : value != single || value != double
    }
    let back = try converted(singles, .float32, format.type, as: UInt16.self)
    let backFromDouble = try converted(doubles, .float64, format.type, as: UInt16.self)
    let changed = Self.patterns.indices.filter {
      expected[$0].isNaN
        ? !format.value(back[$0]).isNaN || !format.value(backFromDouble[$0]).isNaN
        : back[$0] != Self.patterns[$0] || backFromDouble[$0] != Self.patterns[$0]
    }
    #expect(wrong.isEmpty && changed.isEmpty)
  }

  @Test(
    "Halfway between two values the even one is taken, beside it the nearer; past the largest lies infinity",
    arguments: HalfFormat.all, [0, 0x8000] as [UInt16])
  private func rounding(_ format: HalfFormat, sign: UInt16) throws {
    let lower = Array(0..<format.infinity)
    let factor: Double = sign == 0 ? 1 : -1
    let ties = lower.map { factor * (format.magnitude($0) + format.magnitude($0 + 1)) / 2 }
    let singles = ties.map { Float($0) }
    let exact = zip(ties, singles).allSatisfy { $0 == Double($1) }
    let even = lower.map { sign | ($0 % 2 == 0 ? $0 : $0 + 1) }
    let (below, above) = (lower.map { sign | $0 }, lower.map { sign | ($0 + 1) })
    let up: (Float) -> Float = { sign == 0 ? $0.nextUp : $0.nextDown }
    let down: (Float) -> Float = { sign == 0 ? $0.nextDown : $0.nextUp }
    let atTies = try converted(singles, .float32, format.type, as: UInt16.self)
    let underTies = try converted(singles.map(down), .float32, format.type, as: UInt16.self)
    let overTies = try converted(singles.map(up), .float32, format.type, as: UInt16.self)
    #expect(exact && atTies == even && underTies == below && overTies == above)
  }

  @Test("fp64 is rounded once: digits that fp32 has no room for decide a tie", arguments: HalfFormat.all)
  private func doubleRounding(_ format: HalfFormat) throws {
    let lower = Array(0..<format.infinity)
    let ties = lower.map { (format.magnitude($0) + format.magnitude($0 + 1)) / 2 }
    let atTies = try converted(ties, .float64, format.type, as: UInt16.self)
    let under = try converted(ties.map(\.nextDown), .float64, format.type, as: UInt16.self)
    let over = try converted(ties.map(\.nextUp), .float64, format.type, as: UInt16.self)
    let huge = try converted([1e300, -1e300, .infinity, 1e-300], .float64, format.type, as: UInt16.self)
    let even = lower.map { $0 % 2 == 0 ? $0 : $0 + 1 }
    #expect(atTies == even && under == lower && over == lower.map { $0 + 1 })
    #expect(huge == [format.infinity, 0x8000 | format.infinity, format.infinity, 0])
  }

  @Test("What is no number stays none, whatever its payload", arguments: HalfFormat.all)
  private func notNumbers(_ format: HalfFormat) throws {
    let patterns: [UInt32] = [0x7f80_0001, 0x7fff_ffff, 0xff80_0001, 0xffff_ffff, 0x7fc0_0000, 0x7f80_ffff]
    let results = try converted(patterns, .float32, format.type, as: UInt16.self)
    let infinite = try converted([Float.infinity, -.infinity], .float32, format.type, as: UInt16.self)
    let none = results.allSatisfy { format.value($0).isNaN }
    #expect(none && infinite == [format.infinity, 0x8000 | format.infinity])
  }

  @Test("From one 16-bit type to the other as through fp32", arguments: HalfFormat.all, HalfFormat.all)
  private func across(_ from: HalfFormat, _ to: HalfFormat) throws {
    let direct = try converted(Self.patterns, from.type, to.type, as: UInt16.self)
    let singles = try converted(Self.patterns, from.type, .float32, as: Float.self)
    let through = try converted(singles, .float32, to.type, as: UInt16.self)
    let wrong = direct.indices.filter {
      singles[$0].isNaN ? !to.value(direct[$0]).isNaN : direct[$0] != through[$0]
    }
    #expect(wrong.isEmpty)
  }

  @Test("A block leaves what lies between its rows as it is", arguments: HalfFormat.all)
  private func blocks(_ format: HalfFormat) throws {
    let arena = try Arena(capacity: 1 << 30)
    let (source, target) = (arena.allocate(7 * 40 * 4), arena.allocate(7 * 30 * 2))
    setBytes((0..<280).map { Float($0 % 40) }.withUnsafeBytes { Data($0) }, of: source)
    fillHalf(format.type, target, count: 210, value: -3)
    convertBlock(
      from: source, .float32, stride: 40, to: target, format.type, stride: 30, rows: 7, columns: 19)
    let patterns = bytes(of: target, count: 420).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    let expected = (0..<210).map { $0 % 30 < 19 ? Double($0 % 30) : -3 }
    let values = patterns.map(format.value)
    #expect(values == expected)
  }
}
