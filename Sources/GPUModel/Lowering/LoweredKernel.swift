import Cluster
package import Quantities

/// One kernel of an operation's lowering.
package struct LoweredKernel: Hashable, Sendable {
  package var kernel: Kernel
  /// A stable word for tables: `gemm`, `softmax`, `dropout`. Merged kernels have their parts' words, joined by `+`.
  package var name: String
  /// Framework operations that the CPU dispatches for it: 0 inside a compiled region.
  package var hostOperations: Int
  /// What one perfect pass of it moves, to the byte. The kernel's own cost model may move more (tiles read again, rows walked
  /// twice), and leaves out what a `MatmulKernel` or `RowKernel` does not tell: biases, gains, statistics.
  package var traffic: Traffic
  /// Bytes of the operand that could stay in registers if the kernel before makes it, and of the result that could if the kernel
  /// after reads it; 0 where there is none.
  var takes = 0
  var carries = 0

  package init(_ kernel: Kernel, name: String, traffic: Traffic, hostOperations: Int = 1) {
    (self.kernel, self.name, self.traffic, self.hostOperations) = (kernel, name, traffic, hostOperations)
  }

  package var flops: FLOPCount { kernel.flops }
}

extension LoweredKernel {
  /// A pass over `elements` values.
  ///
  /// - Parameters:
  ///   - operations: fp32 operations a value.
  ///   - special: those of them that go through the special-function unit.
  static func stream(
    _ name: String, _ elements: Int, _ traffic: Traffic, operations: Int = 1, special: Int = 0
  ) -> LoweredKernel {
    let kernel = StreamingKernel(
      bytesRead: traffic.read.value, bytesWritten: traffic.written.value, operations: operations * elements,
      specialFunctions: special * elements, elements: elements)
    return LoweredKernel(.streaming(kernel), name: name, traffic: traffic)
  }

  /// A pass that reads and writes whole tensors of `count` values of one type, as an eager framework's functions do.
  static func pass(
    _ name: String, _ count: Int, reads: Int, writes: Int = 1, _ type: ScalarType, operations: Int = 1, special: Int = 0
  ) -> LoweredKernel {
    let bytes = count * type.size
    return stream(
      name, count, Traffic(read: reads * bytes, written: writes * bytes), operations: operations, special: special)
  }

  static func cast(_ count: Int, from: ScalarType, to: ScalarType) -> LoweredKernel {
    stream("cast", count, Traffic(read: count * from.size, written: count * to.size))
  }

  /// A copy into another order.
  static func copy(_ name: String, _ count: Int, _ type: ScalarType) -> LoweredKernel {
    pass(name, count, reads: 1, type, operations: 0)
  }

  /// A sum or maximum along one dimension.
  static func reduction(_ name: String, _ count: Int, to results: Int, _ type: ScalarType) -> LoweredKernel {
    stream(name, count, Traffic(read: count * type.size, written: results * type.size))
  }

  /// A kernel of one block a row; by default it reads and writes all of it once.
  static func rows(
    _ function: RowKernel.Function, _ name: String, rows: Int, columns: Int, _ type: ScalarType, reads: Int = 1
  ) -> LoweredKernel {
    let bytes = rows * columns * type.size
    return LoweredKernel(
      .rows(RowKernel(function, rows: rows, columns: columns, size: type.size)), name: name,
      traffic: Traffic(read: reads * bytes, written: bytes))
  }

  /// A matrix product, which reads both operands once and, where it accumulates, its result.
  static func gemm(_ name: String, _ kernel: MatmulKernel, biasBytes: Int = 0) -> LoweredKernel {
    let result = kernel.batch * kernel.m * kernel.n * kernel.resultSize
    let operands = kernel.batch * (kernel.m + kernel.n) * kernel.k * kernel.precision.size
    return LoweredKernel(
      .matmul(kernel), name: name,
      traffic: Traffic(read: operands + biasBytes + (kernel.accumulates ? result : 0), written: result))
  }
}
