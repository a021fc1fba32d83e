import ArgumentParser

/// Sizes as people write them: `4096x4096x1024`.
struct KernelShape {
  /// What the sizes of an operation mean.
  enum Form {
    case product, heads, rotary, rows, table, count

    var text: String {
      switch self {
      case .product: "MxNxK, or BATCHxMxNxK, such as 4096x4096x4096"
      case .heads: "BATCHxSEQUENCExHEADSxDIM, or BATCHxQUERIESxKEYSxHEADSxDIM, such as 4x2048x32x128"
      case .rotary: "BATCHxSEQUENCExHEADSxDIM, such as 4x2048x32x128"
      case .rows: "ROWSxCOLUMNS, such as 8192x4096; of more sizes, all but the last are rows"
      case .table: "ROWSxCOLUMNSxVOCABULARY, such as 8192x4096x50304"
      case .count: "COUNT, such as 1048576; of several sizes, their product"
      }
    }

    fileprivate var counts: ClosedRange<Int> {
      switch self {
      case .product: 3...4
      case .heads: 4...5
      case .rotary: 4...4
      case .table: 3...3
      case .rows: 2...8
      case .count: 1...8
      }
    }
  }

  let sizes: [Int]

  /// - Errors: what is no such shape, or too large for exact counts, in the words of the command line.
  init(argument text: String, for operation: KernelOperation) throws {
    let pieces = text.lowercased().replacing("×", with: "x").replacing("_", with: "")
      .split(separator: "x", omittingEmptySubsequences: false)
    let numbers = pieces.compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == pieces.count, operation.form.counts.contains(numbers.count) else {
      throw ValidationError("SHAPE '\(text)' is no shape of \(operation.rawValue); write \(operation.form.text)")
    }
    sizes = numbers
    // Attention's work grows with the sequence once more.
    let work = numbers.reduce(1.0) { $0 * Double($1) } * (operation.isAttention ? Double(numbers.max()!) : 1)
    guard work <= 1e17 else {
      throw ValidationError("SHAPE '\(text)' is more than one kernel can be: 1e17 products at most; use smaller sizes")
    }
  }

  var count: Int { sizes.reduce(1, *) }
  var columns: Int { sizes.last! }
  var rows: Int { sizes.dropLast().reduce(1, *) }
  var text: String { sizes.map(String.init).joined(separator: " x ") }
}
