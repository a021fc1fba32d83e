import Cluster
import Mesh
import Model
import Planning
import Quantities
import Testing
import Training

/// Work on offloaded state runs as fast as the memory of the cluster's hosts.
@Suite struct HostBandwidthTests {
  private func seconds(_ bandwidth: Double, offloads: Bool = true) throws -> Double {
    let rank = TracedRank(zero: ZeROPlan(offloadsOptimizer: offloads))
    var cluster = try ClusterDescription.hgxH100(gpus: 1)
    cluster.host.memoryBandwidth = Bandwidth(bandwidth)
    let scenario = Scenario(plan: rank.plan, mesh: Mesh([:]), cluster: cluster)
    return try ClusterEstimate(scenario, Constants.builtIn()).seconds
  }

  @Test func `AdamW moves 28 bytes a parameter at four fifths of a GPU's share`() throws {
    let moved = 28 * Double(TracedRank().plan.model.parameterCount)
    let share = { (bandwidth: Double) in 0.8 * bandwidth / 8 }
    let expected = moved / share(1e9) - moved / share(2e9)
    #expect(abs((try seconds(1e9) - seconds(2e9)) / expected - 1) < 0.02)
  }

  @Test func `without offload the host's memory may be as slow as it likes`() throws {
    #expect(try seconds(1e9, offloads: false) == seconds(2e9, offloads: false))
  }
}
