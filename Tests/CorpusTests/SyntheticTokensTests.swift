import Corpus
import Testing

struct SyntheticTokensTests {
  @Test func `tokens are a pattern of 97 plus noise below 5`() {
    let stream = SyntheticTokens(vocabularySize: 1000, count: 10_000)
    let noise = (0..<10_000).map { Int(stream[$0]) - 3 * ($0 % 97) }
    #expect(Set(noise) == [0, 1, 2, 3, 4])
    // splitmix64 of 0 is 0xE220A8397B1DCDAF, which is 0 modulo 5.
    #expect(stream[0] == 0)
  }

  @Test(arguments: [1, 2, 50, 300])
  func `tokens are below the size of the vocabulary and are the pattern modulo it`(size: Int) {
    let (stream, wide) = (
      SyntheticTokens(vocabularySize: size, count: 1000), SyntheticTokens(vocabularySize: 1000, count: 1000)
    )
    for i in 0..<1000 { #expect(stream[i] == wide[i] % Int32(size)) }
  }
}
