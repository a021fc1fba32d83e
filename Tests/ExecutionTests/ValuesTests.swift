import Execution
import Quantities
import Testing

@Suite("Values and bytes")
struct ValuesTests {
  private static let numbers = [0, -0.0, 1.5, -3, 1e30, .infinity]

  @Test("What a type can hold survives the way to bytes and back", arguments: [ScalarType.float32, .float64])
  func roundTrip(type: ScalarType) {
    let stored = Self.numbers.map { type == .float32 ? Double(Float($0)) : $0 }
    let bytes = Values.bytes(stored, as: type)
    let back = Values.doubles(bytes, as: type)
    #expect(bytes.count == stored.count * type.size)
    #expect(back.map(\.bitPattern) == stored.map(\.bitPattern))
  }

  @Test("fp32 rounds to nearest, and integers stay themselves")
  func rounding() {
    let rounded = Values.doubles(Values.bytes([0.1], as: .float32), as: .float32)
    let integers = Values.doubles(Values.bytes([Int32.min, -1, .max]), as: .int32)
    #expect(rounded == [Double(Float(0.1))])
    #expect(integers == [-2_147_483_648, -1, 2_147_483_647])
  }

  @Test("What 16 bits hold survives, and the rest rounds to nearest even", arguments: [ScalarType.bfloat16, .float16])
  func sixteenBits(type: ScalarType) {
    let ulp = type == .bfloat16 ? 0x1p-7 : 0x1p-10
    let exact = [0, -0.0, 1, -3, 1 + ulp, 0x1p-14, .infinity, -.infinity]
    let back = Values.doubles(Values.bytes(exact, as: type), as: type)
    let ties = Values.doubles(Values.bytes([1 + ulp / 2, 1 + 1.5 * ulp, 1 + 0.75 * ulp], as: type), as: type)
    let nan = Values.doubles(Values.bytes([.nan], as: type), as: type)[0]
    #expect(back.map(\.bitPattern) == exact.map(\.bitPattern))
    #expect(ties == [1, 1 + 2 * ulp, 1 + ulp])
    #expect(nan.isNaN)
  }

  @Test("fp16 overflows where its range ends, and bf16 has fp32's")
  func ranges() {
    let half = Values.doubles(Values.bytes([65_504, 65_520, -1e9], as: .float16), as: .float16)
    let brain = Values.doubles(Values.bytes([1e38], as: .bfloat16), as: .bfloat16)[0]
    #expect(half == [65_504, .infinity, -.infinity])
    #expect(brain.isFinite && abs(brain - 1e38) < 1e36)
  }

  @Test("Bytes are little-endian, wherever in a buffer they begin")
  func layout() {
    let bytes = Values.bytes([Int32(1), 256])
    let back = Values.doubles(bytes.dropFirst(4), as: .int32)
    #expect(Array(bytes) == [1, 0, 0, 0, 0, 1, 0, 0])
    #expect(back == [256])
  }
}
