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

  @Test("Bytes are little-endian, wherever in a buffer they begin")
  func layout() {
    let bytes = Values.bytes([Int32(1), 256])
    let back = Values.doubles(bytes.dropFirst(4), as: .int32)
    #expect(Array(bytes) == [1, 0, 0, 0, 0, 1, 0, 0])
    #expect(back == [256])
  }
}
