import CMPI
import Foundation

extension MPITransport: ControlLink {
  func post(_ letter: Data, to peer: Int) throws {
    counters.countControl(letter.count)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: letter.count, alignment: 1)
    memory.copyBytes(from: letter)
    let request = UnsafeMutablePointer<MPI_Request?>.allocate(capacity: 1)
    request.initialize(to: orrery_request_null())
    posted.append(request)
    let code = MPI_Isend(memory.baseAddress, Int32(letter.count), orrery_byte(), Int32(peer), 0, control, request)
    try ensure(code, "MPI_Isend")
  }

  func letters() throws -> [Data] {
    var found: [Data] = []
    while true {
      var (waiting, status) = (Int32(0), MPI_Status())
      try ensure(MPI_Iprobe(MPI_ANY_SOURCE, 0, control, &waiting, &status), "MPI_Iprobe")
      guard waiting != 0 else { return found }
      var letter = Data(count: size(status))
      let code = letter.withUnsafeMutableBytes {
        MPI_Recv(
          $0.baseAddress, Int32($0.count), orrery_byte(), status.MPI_SOURCE, 0, control, orrery_status_ignore())
      }
      try ensure(code, "MPI_Recv")
      found.append(letter)
    }
  }

  func pause() throws { usleep(1000) }
}
