import Collectives
import Execution
import Mesh
import Program
import Quantities
import Testing

@Suite("The executor")
struct ExecutorTests {
  @Test("Memory is on the books while its owner lives, and not a moment longer")
  func lifetimes() {
    let executor = Executor(device: NullDevice())
    do {
      let a = executor.allocate([3, 4], .float32, .activations)
      #expect(executor.ledger.live == [.activations: ByteCount(48)])
      do {
        let b = executor.allocate([2], .float64, .gradients)
        #expect(executor.ledger.liveTotal == ByteCount(64))
        _ = b.count
      }
      #expect(executor.ledger.live == [.activations: ByteCount(48)])
      _ = a.count
    }
    #expect(executor.ledger.live.isEmpty)
    #expect(executor.ledger.peakTotal == ByteCount(64))
    #expect(executor.ledger.atPeak == [.activations: ByteCount(48), .gradients: ByteCount(16)])
  }

  @Test("A category's peak may lie elsewhere than the whole's")
  func peaks() {
    let executor = Executor(device: NullDevice())
    do { _ = executor.allocate([10], .float32, .activations) }
    do { _ = executor.allocate([30], .float32, .gradients) }
    #expect(executor.ledger.peak == [.activations: ByteCount(40), .gradients: ByteCount(120)])
    #expect(executor.ledger.peakTotal == ByteCount(120))
    #expect(executor.ledger.atPeak == [.gradients: ByteCount(120)])
  }

  @Test("A new step forgets work, traffic and peaks, and keeps what is allocated")
  func steps() {
    let executor = Executor(device: NullDevice())
    let resident = executor.allocate([5], .float32, .parameters)
    do { _ = executor.allocate([100], .float32, .activations) }
    executor.launch(.fill(count: 5, value: 0, .float32), writing: [resident.view])
    executor.beginStep()
    #expect(executor.ledger.launches.isEmpty)
    #expect(executor.trace.nodes.isEmpty)
    #expect(executor.ledger.live == [.parameters: ByteCount(20)])
    #expect(executor.ledger.peakTotal == ByteCount(20))
    #expect(executor.record(on: .compute) == Event(index: 0))
  }

  @Test("Launches are counted, with their FLOPs, under the operation's name")
  func launches() {
    let executor = Executor(device: NullDevice())
    let matrix = executor.allocate([4, 4], .float32, .activations)
    let product = Operation.matmul(MatmulShape(m: 4, n: 4, k: 4), .float32, result: .float32)
    for _ in 0..<3 { executor.launch(product, reading: [matrix.view, matrix.view], writing: [matrix.view]) }
    #expect(executor.ledger.launches == ["matmul": 3])
    #expect(executor.ledger.flops == ["matmul": FLOPCount(3 * 128)])
    #expect(executor.ledger.totalFLOPs == FLOPCount(384))
    #expect(executor.trace.nodes.suffix(3).allSatisfy { $0 == .operation(product, .compute) })
  }

  @Test("A transfer takes scratch while it lasts, and is on the books by scope and kind")
  func transfers() throws {
    let executor = Executor(device: NullDevice())
    let mesh = Mesh([.data: 4])
    let communicator = Communicator(mesh: mesh, rank: 1, executor: executor)
    let buffer = executor.allocate([100], .float32, .gradients)
    try communicator.allReduce(buffer.view, along: .data, on: .gradients)
    try communicator.allGather(buffer.view[0..<10], along: .data, on: .compute)
    try communicator.allReduce(buffer.view, along: .tensor, on: .compute)
    let lines = executor.ledger.communication
    #expect(lines.count == 2)
    #expect(lines.values.map(\.payload.value).sorted() == [40, 400])
    #expect(executor.ledger.scheduledBytes == executor.ledger.sentBytes)
    #expect(executor.ledger.peak[.communication] == ByteCount(100 * 4))
    #expect(executor.ledger.live == [.gradients: ByteCount(400)])
  }

  @Test("A message is on the books of the rank that sends it, and takes no memory")
  func messages() throws {
    let executor = Executor(device: NullDevice())
    let communicator = Communicator(mesh: Mesh([.pipeline: 3]), rank: 1, executor: executor)
    let buffer = executor.allocate([10], .bfloat16, .activations)
    let sent = try communicator.send(buffer.view, to: 2, tag: 4, in: .pipeline)
    let received = try communicator.receive(buffer.view, from: 0, tag: 3, in: .pipeline)
    try communicator.complete(received, on: .compute)
    try communicator.complete(sent)
    let (routes, line) = (executor.ledger.communication.keys, executor.ledger.communication.values.first)
    #expect(routes.map(\.scope) == [.pipeline] && routes.map(\.kind) == [.message])
    #expect(line?.calls == 1 && line?.payload == ByteCount(20) && line?.sent == ByteCount(20))
    #expect(executor.ledger.live == [.activations: ByteCount(20)])
    let nodes: [Trace.Node] = [
      .post(sent, .pipeline), .post(received, .pipeline), .complete(received, .compute), .complete(sent, .pipeline),
    ]
    #expect(executor.trace.nodes.suffix(4) == nodes[...])
  }

  @Test("Offloaded memory is on the books, but not on the device's")
  func offloaded() {
    let executor = Executor(device: NullDevice())
    let state = executor.allocate([10], .float32, .offloaded)
    #expect(executor.ledger.live == [.offloaded: ByteCount(40)])
    #expect(executor.ledger.liveTotal == .zero && executor.ledger.peakTotal == .zero)
    #expect(executor.ledger.peak == [.offloaded: ByteCount(40)])
    _ = state.count
  }

  @Test("The shards of a view cover it in rank order, without overlap", arguments: [1, 2, 3, 4], [0, 1, 7, 100])
  func shards(ranks: Int, count: Int) {
    let executor = Executor(device: NullDevice())
    let shards = (0..<ranks).map {
      Communicator(mesh: Mesh([.data: ranks]), rank: $0, executor: executor).shard(of: count, along: .data)
    }
    #expect(shards.flatMap { Array($0) } == Array(0..<count))
  }
}
