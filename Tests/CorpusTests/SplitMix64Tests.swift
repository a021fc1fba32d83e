import Corpus
import Testing

struct SplitMix64Tests {
  @Test func `outputs are those of the published generator`() {
    // Vigna's splitmix64.c: the first output for seed 0, and the first two for seed 1234567.
    #expect(splitMix64(0) == 0xE220_A839_7B1D_CDAF)
    #expect(splitMix64(1_234_567) == 6_457_827_717_110_365_317)
    #expect(splitMix64(1_234_567 &+ 0x9E37_79B9_7F4A_7C15) == 3_203_168_211_198_807_973)
  }
}
