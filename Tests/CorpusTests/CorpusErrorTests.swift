import Corpus
import Testing

struct CorpusErrorTests {
  @Test func `an error prints its file and reason on one line and the way out on the next`() {
    let error = CorpusError(file: "a.txt", reason: "is empty", hint: "add text")
    #expect(error.description == "a.txt: is empty\n  add text")
    #expect(CorpusError(reason: "is empty").description == "is empty")
  }

  @Test func `a refusal of the system keeps its number and its words`() {
    do throws(CorpusError) {
      _ = try TokenFile(path: "/nonexistent/train.bin")
      Issue.record("a missing file was opened")
    } catch {
      #expect(error.code == 2)
      #expect(error.reason == "cannot be read: No such file or directory (errno 2)")
      #expect(error.file == "/nonexistent/train.bin")
    }
  }
}
