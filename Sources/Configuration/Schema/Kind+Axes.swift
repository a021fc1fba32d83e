internal import Mesh
internal import Yams

extension Kind where Value == [Axis] {
  /// Megatron's way of writing an order, `tp-cp-ep-dp-pp`: the fastest axis first. A `Mesh` lists the slowest first.
  static let axes = Kind("the five axes joined by '-'") { (node: Node) throws(Complaint) -> [Axis] in
    guard let text = node.text, !node.isNull else { throw .wrongType(node, "an order of axes") }
    let axes = text.split(separator: "-", omittingEmptySubsequences: false).map { Axis(rawValue: String($0)) }
    let known = axes.compactMap { $0 }
    guard known.count == axes.count, Set(known) == Set(Axis.allCases), known.count == Axis.allCases.count else {
      throw Complaint("does not name every axis once", hint: "as in 'tp-cp-ep-dp-pp'")
    }
    return known.reversed()
  } write: { axes in
    .text(axes.reversed().map(\.rawValue).joined(separator: "-"))
  }
}
