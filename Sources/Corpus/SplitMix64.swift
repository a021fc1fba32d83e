/// The splitmix64 generator as a function of its counter: every input bit reaches every output bit.
///
/// - Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; constants as in
///   Vigna's `splitmix64.c`, whose first output for seed `s` is `splitMix64(s)`.
package func splitMix64(_ counter: UInt64) -> UInt64 {
  var z = counter &+ splitMix64Increment
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

/// The odd integer nearest to 2⁶⁴ divided by the golden ratio, by which splitmix64 steps its counter.
let splitMix64Increment: UInt64 = 0x9E37_79B9_7F4A_7C15
