/// A paragraph of English for tiny runs to learn from. Its letters, spaces and marks are 31 tokens.
package enum TinyText {
  /// Charles Darwin, On the Origin of Species, 1859, the last sentences; in the public domain.
  package static let paragraph = """
    it is interesting to contemplate an entangled bank, clothed with many plants of many kinds, with birds singing on \
    the bushes, with various insects flitting about, and with worms crawling through the damp earth, and to reflect \
    that these elaborately constructed forms, so different from each other, and dependent on each other in so complex \
    a manner, have all been produced by laws acting around us. these laws, taken in the largest sense, being growth \
    with reproduction - inheritance which is almost implied by reproduction - variability from the indirect and direct \
    action of the external conditions of life, and from use and disuse - a ratio of increase so high as to lead to a \
    struggle for life, and as a consequence to natural selection, entailing divergence of character and the extinction \
    of less-improved forms. there is grandeur in this view of life, with its several powers, having been originally \
    breathed into a few forms or into one, and that, whilst this planet has gone cycling on according to the fixed law \
    of gravity, from so simple a beginning endless forms most beautiful and most wonderful have been, and are being, \
    evolved.
    """

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz ,.'-".utf8)
  private static let tokens = paragraph.utf8.compactMap { byte in alphabet.firstIndex(of: byte) }

  /// The token at a place of the text, which begins again after its end.
  package static func token(_ place: Int, vocabulary: Int) -> Int32 {
    Int32(tokens[place % tokens.count] % vocabulary)
  }
}
