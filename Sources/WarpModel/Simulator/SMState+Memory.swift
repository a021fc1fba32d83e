extension SMState {
  /// A load, store, shuffle or asynchronous copy: through the load/store unit, then L1, L2 and DRAM, each a queue with its
  /// own rate. A request waits for those before it; its own bytes delay those behind it.
  ///
  /// - Returns: clocks at which the result can be used, and at which the request has left the SM.
  mutating func access(_ operation: MicroOperation, _ clock: Int) -> (done: Int, left: Int) {
    let port = max(Double(clock), memoryFree)
    memoryFree = port + operation.interval
    let left = traffic(operation, after: port + max(0, operation.interval - 1))
    return (Int(left.start.rounded(.up)) + operation.latency, Int(left.end.rounded(.up)))
  }

  /// Books the bytes with L2 and DRAM.
  private mutating func traffic(_ operation: MicroOperation, after clock: Double) -> (start: Double, end: Double) {
    var (start, end) = (clock, clock)
    if operation.l2Bytes > 0 {
      start = max(start, l2Free)
      l2Free = start + operation.l2Bytes / machine.l2Port
      end = l2Free
    }
    if operation.dramBytes > 0 {
      let dram = max(clock, dramFree)
      dramFree = dram + operation.dramBytes / machine.dramPort
      (start, end) = (max(start, dram), max(end, dramFree))
    }
    return (start, end)
  }

  /// A bulk copy needs neither registers nor the load/store unit; it is done when its last byte is in shared memory.
  mutating func bulkCopy(_ operation: MicroOperation, _ clock: Int) -> Int {
    let written = takePort(operation.portClocks, Double(clock))
    let end = max(traffic(operation, after: Double(clock)).end, written)
    return Int(end.rounded(.up)) + operation.latency
  }

  /// An asynchronous product: its tensor core and the port of shared memory, each after what came before.
  mutating func product(_ operation: MicroOperation, _ slot: Int, _ clock: Int) -> Int {
    var start = Double(clock)
    let own = warps[slot].scheduler * Self.pipes + Pipe.tensor.rawValue
    let cores = operation.kind == .mmaAsync ? [own] : schedulers.indices.map { $0 * Self.pipes + Pipe.tensor.rawValue }
    for core in cores { start = max(start, pipeFree[core]) }
    for core in cores { pipeFree[core] = start + operation.interval }
    let read = takePort(operation.portClocks, start)
    return Int(max(start + operation.interval, read).rounded(.up)) + operation.latency
  }

  /// The port of shared memory as asynchronous operations see it.
  private mutating func takePort(_ clocks: Double, _ clock: Double) -> Double {
    guard clocks > 0 else { return clock }
    asyncPortFree = max(clock, asyncPortFree) + clocks
    return asyncPortFree
  }
}
