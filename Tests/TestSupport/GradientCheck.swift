package import Execution

/// A tensor, and what a backward pass says is the loss's gradient by it.
package struct CheckedTensor: Sendable {
  package var name: String
  package var view: TensorView
  package var gradient: [Double]

  package init(_ name: String, _ view: TensorView, _ gradient: [Double]) {
    (self.name, self.view, self.gradient) = (name, view, gradient)
  }
}

/// Gradients against finite differences of the loss, in fp64.
package struct GradientCheck {
  package let executor: Executor
  /// How far a value is moved; small where the loss has kinks.
  package var step = 1e-3
  /// Values tried in each tensor, spread over it.
  package var samples = 5
  package var tolerance = 1e-6

  package init(_ executor: Executor) { self.executor = executor }

  /// The worst of the tensors, in words; nil where every sampled gradient is within the tolerance.
  ///
  /// Errors are relative to the gradient, or to a hundredth of the tensor's largest; below it, and below what the loss can resolve, rounding shows.
  package func violation(_ tensors: [CheckedTensor], loss: () throws -> Double) rethrows -> String? {
    var worst = (error: tolerance, text: String?.none)
    // What a difference of two losses cannot tell from zero.
    let rounding = try Double.ulpOfOne * abs(loss()) / step
    for tensor in tensors {
      precondition(tensor.gradient.count == tensor.view.count, "\(tensor.name): a gradient of another size")
      let floor = max(0.01 * (tensor.gradient.map { abs($0) }.max() ?? 0), rounding / tolerance)
      for index in places(in: tensor) {
        let (slope, gradient) = (try slope(tensor.view[index..<index + 1], loss), tensor.gradient[index])
        let error = abs(slope - gradient) / max(abs(slope), floor)
        if !(error <= worst.error) {
          worst = (error, "\(tensor.name)[\(index)]: gradient \(gradient), difference \(slope), error \(error)")
        }
      }
    }
    return worst.text
  }

  /// The place of the largest gradient, and places spread over the tensor.
  private func places(in tensor: CheckedTensor) -> Set<Int> {
    let count = tensor.view.count
    let largest = tensor.gradient.indices.max { abs(tensor.gradient[$0]) < abs(tensor.gradient[$1]) }!
    return Set((0..<samples).map { (2 * $0 + 1) * count / (2 * samples) } + [largest])
  }

  /// A central difference of fourth order.
  private func slope(_ view: TensorView, _ loss: () throws -> Double) rethrows -> Double {
    let start = executor.values(view)!
    let losses = try [2.0, 1, -1, -2].map { factor in
      executor.write([start[0] + factor * step], to: view)
      return try loss()
    }
    executor.write(start, to: view)
    return (8 * (losses[1] - losses[2]) - (losses[0] - losses[3])) / (12 * step)
  }
}
