/// 64 bits of a text that are the same on every machine and in every run.
///
/// - Source: FNV-1a, Fowler, Noll & Vo; its low bits follow the last characters, so the result is mixed once more.
func stableHash(_ text: String) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return (hash ^ (hash >> 31)) &* 0x7fb5_d329_728e_a185
}
