internal import Model
internal import Program
internal import Yams

extension Kind where Value == RopeParameters {
  /// Hugging Face's section: a mapping of words and numbers, or nothing.
  static let rope = Kind("null, or a mapping with rope_type") { (node: Node) throws(Complaint) -> RopeParameters in
    if node.isNull { return RopeParameters(.none) }
    guard case .mapping(let mapping) = node else { throw .wrongType(node, "a mapping with rope_type") }
    var fields: [String: RopeParameters.Field] = [:]
    for (name, value) in mapping { fields[name.text ?? ""] = value.ropeField }
    do throws(ModelConfiguration.Problem) { return try RopeParameters(fields: fields) } catch {
      throw Complaint(error.reason, hint: error.hint)
    }
  } write: { parameters in
    guard let fields = parameters.fields else { return .null }
    return .section(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.field.setting) }))
  }
}

extension Node {
  fileprivate var ropeField: RopeParameters.Field {
    if isNull { return .null }
    return number.map(RopeParameters.Field.number) ?? .text(text ?? "")
  }
}

extension RopeParameters.Field {
  fileprivate var setting: Setting {
    switch self {
    case .number(let value): Int(exactly: value).map(Setting.integer) ?? .number(value)
    case .text(let value): .text(value)
    case .null: .null
    }
  }
}
