import Foundation

/// What tests read of `orrery estimate --json`.
struct EstimateFigures: Decodable {
  struct Part: Decodable {
    var kind: String
    var seconds: Double
  }
  struct Run: Decodable {
    var precision: String
    var parameters, gpus, dp: Int
  }
  struct Cluster: Decodable {
    var gpu, attention: String
    var nodes: Int
    var notes: [String]
  }
  struct Step: Decodable {
    var seconds, tokensPerSecond, modelFlopsUtilization, peakFlopsPerSecond: Double
    var tokens: Int
    var criticalPath: [Part]
  }
  struct Rank: Decodable {
    var label: String
    var ranks: Int
    var slowdown: Double
    var compute, exposedCommunication: [Part]
    var warmUpSeconds, drainSeconds, dependencyWaitSeconds, transferWaitSeconds: Double
    var peersSeconds, launchingSeconds, offloadSeconds: Double

    var sum: Double {
      (compute + exposedCommunication).reduce(0) { $0 + $1.seconds } + warmUpSeconds + drainSeconds
        + dependencyWaitSeconds + transferWaitSeconds + peersSeconds + launchingSeconds + offloadSeconds
    }
  }
  struct Line: Decodable {
    var bytes: Int
    var part: Bool
  }
  struct RankMemory: Decodable {
    var totalBytes: Int
    var lines: [Line]
  }
  struct Advice: Decodable {
    var savesBytes: Int
    var suffices: Bool
  }
  struct Shortage: Decodable {
    var missingBytes: Int
    var advice: [Advice]
  }
  struct Memory: Decodable {
    var fits: Bool
    var capacityBytes, freeBytes: Int
    var shortage: Shortage?
    var ranks: [RankMemory]
  }
  struct Route: Decodable {
    var axis: String
    var sentBytes, busiestRankBytes: Int
  }
  struct Traffic: Decodable {
    var sentBytes, busiestRankBytes: Int
    var routes: [Route]
  }
  struct Jitter: Decodable { var variation, meanSeconds, medianSeconds, p90Seconds, p99Seconds: Double }
  struct Goodput: Decodable {
    var useful, writing, lost, restarting, bestUseful: Double
    var interval: Int
    var hoursBetweenFailures: Double?
  }

  var run: Run
  var cluster: Cluster
  var step: Step
  var ranks: [Rank]
  var memory: Memory
  var traffic: Traffic
  var jitter: Jitter?
  var goodput: Goodput?

  init(_ json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(EstimateFigures.self, from: Data(json.utf8))
  }
}
