import Foundation
import Kernels
import Quantities
import Testing

@Suite("Regions")
struct RegionTests {
  @Test("Values survive the way in and out", arguments: types)
  func roundTrip(type: ScalarType) throws {
    let memory = try Memory(type)
    let region = memory.region([1.5, -2, 0.25])
    let slice = region.slice(byteOffset: type.size, byteCount: type.size)
    let (inner, whole) = (value(of: slice, at: 0, double: type == .float64), bytes(of: region, count: 3 * type.size))
    setBytes(whole.suffix(type.size), of: region)
    #expect(inner == -2)
    #expect(memory.values(region, 3) == [0.25, -2, 0.25])
  }

  // The kernels' target is built without the checks of the language; its own must stay.

  @Test("A slice beyond its region ends the process")
  func slices() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      let slice = memory.zeros(2).slice(byteOffset: 4, byteCount: 8)
      setValue(1, of: slice, at: 1, double: false)
    }
  }

  @Test("A kernel on a region that is too small ends the process")
  func smallRegion() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      fill(.float32, memory.zeros(4), count: 5, value: 1)
    }
  }

  @Test("Bytes that do not fit end the process")
  func bytesDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      setBytes(Data(count: 9), of: memory.zeros(2))
    }
  }

  @Test("A copy beyond its region ends the process")
  func copies() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      copy(from: memory.zeros(4), to: memory.zeros(3), byteCount: 16)
    }
  }
}
