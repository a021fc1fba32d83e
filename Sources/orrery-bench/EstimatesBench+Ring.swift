import Cluster
import Collectives
import Planning
import Quantities
import Timing

extension EstimatesBench {
  /// A ring all-reduce over 1,024 GPUs message by message: as it comes, one of each class of ranks and no queue where nothing is shared;
  /// and with every message through the queue.
  func measureRing() throws {
    let (ranks, bytes) = (1024, ByteCount(1 << 30))
    let cluster = try ClusterDescription.hgxH100(gpus: ranks)
    let schedule = CollectiveSchedule(
      .allReduce, algorithm: .ring, ranks: ranks, count: bytes.value / ScalarType.float32.size)
    var (graphs, plain, queued): ([Double], [Double], [Double]) = ([], [], [])
    var last: CollectiveSimulation.Result?
    for _ in 0..<runs {
      var start = ContinuousClock.now
      let simulation = CollectiveSimulation(Topology(cluster))
      graphs.append(seconds(since: start))
      start = .now
      let group = CollectiveSimulation.Group(MessagePattern(schedule, of: .float32), on: Array(0..<ranks))
      last = try simulation.run([group])
      plain.append(seconds(since: start))
      start = .now
      _ = try simulation.run([group], CollectiveSimulation.Options(usesEventsAlways: true))
      queued.append(seconds(since: start))
    }
    print(
      """
      ring all-reduce of \(bytes) over \(grouped(ranks)) GPUs, message by message: \(last!.makespan), \(text(plain))
        \(grouped(last!.classes)) ranks stand for all; every message through the queue \(text(queued)); graph of links \
      \(text(graphs))
      """)
  }
}
