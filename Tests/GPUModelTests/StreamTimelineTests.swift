import GPUModel
import Testing

struct StreamTimelineTests {
  private typealias Launch = StreamTimeline.Launch

  /// Launches of all sorts: kernels much shorter and much longer than their issue, issued by 0 to 3 operations.
  private func launches(seed: UInt64, count: Int) -> [Launch] {
    var random = RandomOperations(seed: seed)
    return (0..<count).map { _ in
      let kernel = Double(random.pick([0, 1, 2, 3, 5, 8, 40])) * 1e-6
      return Launch(kernelSeconds: kernel, hostOperations: random.pick([0, 1, 1, 1, 3]), issue: 4e-6)
    }
  }

  private func withEverySequence(_ check: ([Launch]) -> Void) {
    for seed in 0..<200 as Range<UInt64> {
      for count in [0, 1, 2, 7, 60] { check(launches(seed: seed, count: count)) }
    }
  }

  @Test func `nothing takes no time`() {
    let timeline = StreamTimeline()
    #expect(timeline.seconds == 0 && timeline.idleShare == 0 && !timeline.isLaunchBound)
  }

  @Test func `a step is as long as its kernels and its host at least, and as both together at most`() {
    withEverySequence { launches in
      let timeline = StreamTimeline(launches)
      #expect(timeline.busySeconds == launches.reduce(0) { $0 + $1.kernelSeconds })
      #expect(timeline.seconds >= timeline.busySeconds && timeline.seconds >= timeline.hostSeconds)
      #expect(timeline.seconds <= (timeline.busySeconds + timeline.hostSeconds) * (1 + 1e-12))
      #expect((0...1).contains(timeline.idleShare))
    }
  }

  @Test func `a longer kernel, a slower host or a launch more never ends earlier`() {
    withEverySequence { launches in
      let seconds = StreamTimeline(launches).seconds
      #expect(StreamTimeline(launches + [Launch(kernelSeconds: 0, hostSeconds: 0)]).seconds >= seconds)
      for index in launches.indices {
        var (longer, slower) = (launches, launches)
        longer[index].kernelSeconds += 1e-6
        slower[index].hostSeconds += 1e-6
        #expect(StreamTimeline(longer).seconds >= seconds && StreamTimeline(slower).seconds >= seconds)
      }
    }
  }

  @Test func `kernels start in order, after the one before and after their issue`() {
    withEverySequence { launches in
      var timeline = StreamTimeline()
      for launch in launches {
        let before = timeline.seconds
        let start = timeline.append(launch)
        #expect(start == max(before, timeline.hostSeconds) && timeline.seconds == start + launch.kernelSeconds)
      }
    }
  }

  @Test func `small kernels are launch-bound, large ones hide the host`() {
    let small = StreamTimeline((0..<100).map { _ in Launch(kernelSeconds: 2e-6, hostOperations: 1, issue: 8e-6) })
    #expect(small.isLaunchBound && abs(small.seconds - (100 * 8e-6 + 2e-6)) < 1e-12)
    #expect(abs(small.idleShare - (1 - 200 / 802)) < 1e-9)
    let large = StreamTimeline((0..<100).map { _ in Launch(kernelSeconds: 8e-6, hostOperations: 1, issue: 2e-6) })
    #expect(!large.isLaunchBound && abs(large.seconds - (100 * 8e-6 + 2e-6)) < 1e-12)
    let graph = StreamTimeline((0..<100).map { _ in Launch(kernelSeconds: 2e-6, hostOperations: 0, issue: 8e-6) })
    #expect(!graph.isLaunchBound && graph.idleShare < 1e-12)
  }

  /// A timeline that only adds the two would break this law, one that takes the larger of the sums that of order.
  @Test func `a host that is late once is late for good, unless kernels make up for it`() {
    let late = Launch(kernelSeconds: 1e-6, hostSeconds: 10e-6)
    let long = Launch(kernelSeconds: 10e-6, hostSeconds: 1e-6)
    #expect(abs(StreamTimeline([late, long]).seconds - 21e-6) < 1e-12)
    #expect(abs(StreamTimeline([long, late]).seconds - 12e-6) < 1e-12)
  }
}
