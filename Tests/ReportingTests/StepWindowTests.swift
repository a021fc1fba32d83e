import Quantities
import Reporting
import Testing
import Training

struct StepWindowTests {
  @Test func `a window's rate is all its work over all its seconds`() {
    var window = StepWindow()
    window.add(report(seconds: 1, gigaflops: 100, utilization: 0.6))
    window.add(report(seconds: 3, gigaflops: 20, utilization: 0.2))
    #expect(window.steps == 2)
    #expect(window.tokens == 1536)
    #expect(window.secondsPerStep == 2)
    #expect(window.rate == ComputeRate(40e9))
    #expect(abs(window.utilization - 0.3) < 1e-15)
  }

  @Test func `a window of equal steps says what each says`() {
    var window = StepWindow()
    for _ in 0..<8 { window.add(report(seconds: 0.25, gigaflops: 96, utilization: 0.5)) }
    #expect(window.secondsPerStep == 0.25)
    #expect(window.rate == ComputeRate(96e9))
    #expect(window.utilization == 0.5)
  }

  private func report(seconds: Double, gigaflops: Double, utilization: Double) -> StepReport {
    StepReport(
      step: 1, loss: 1, gradientNorm: 1, learningRate: 1, seconds: seconds, tokens: 768,
      rate: ComputeRate(gigaflops * 1e9), utilization: utilization, remaining: 0)
  }
}
