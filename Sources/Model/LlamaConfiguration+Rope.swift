package import Program

/// Hugging Face's `rope_scaling`, or the `rope_parameters` of newer files.
package struct RopeParameters: Hashable, Sendable {
  /// What stands in a field of the section.
  package enum Field: Hashable, Sendable {
    case number(Double)
    case text(String)
    case null
  }

  /// The base of the frequencies, where the section says it.
  package var theta: Double?
  package var scaling: RotaryFrequencies.Scaling

  package init(theta: Double? = nil, _ scaling: RotaryFrequencies.Scaling) {
    (self.theta, self.scaling) = (theta, scaling)
  }

  /// The kinds of scaling by their names, each with the fields it needs.
  package static let kinds: [(name: String, fields: [String])] = [
    ("default", []), ("linear", ["factor"]),
    ("llama3", ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"]),
  ]

  /// - Errors: another kind of scaling, a field that is missing, is not the kind's, or has no sense.
  package init(fields: [String: Field]) throws(ModelConfiguration.Problem) {
    let fields = fields.filter { $0.value != .null }
    let kind = try RopeParameters.kind(fields)
    let others = ["rope_type", "type", "rope_theta"]
    if let strange = fields.keys.sorted().first(where: { !kind.fields.contains($0) && !others.contains($0) }) {
      throw .rope(strange, "is not used by rope_type \(kind.name)", hint: "remove it, or choose another rope_type")
    }
    let numbers = try (kind.fields + ["rope_theta"].filter { fields[$0] != nil }).map {
      (name) throws(ModelConfiguration.Problem) in try RopeParameters.number(name, fields[name], kind.name)
    }
    theta = fields["rope_theta"] == nil ? nil : numbers.last
    scaling = try RopeParameters.scaling(kind.name, numbers)
  }

  private static func kind(
    _ fields: [String: Field]
  ) throws(ModelConfiguration.Problem) -> (name: String, fields: [String]) {
    let names = Set(["rope_type", "type"].compactMap { fields[$0] })
    let known = kinds.map(\.name)
    guard names.count <= 1 else { throw .rope("type", "and rope_type differ", hint: "keep rope_type") }
    guard case .text(let name) = names.first ?? .text("default") else {
      throw .rope("rope_type", "is no word", hint: "one of \(known.joined(separator: ", "))")
    }
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .rope("rope_type '\(name)'", "is not supported", hint: "one of \(known.joined(separator: ", "))")
    }
    return kind
  }

  private static func number(
    _ name: String, _ field: Field?, _ kind: String
  ) throws(ModelConfiguration.Problem) -> Double {
    guard let field else { throw .rope(name, "is missing", hint: "rope_type \(kind) needs it") }
    guard case .number(let value) = field, value > 0, value.isFinite else {
      throw .rope(name, "is not a number above 0", hint: "give a number")
    }
    return value
  }

  private static func scaling(
    _ kind: String, _ numbers: [Double]
  ) throws(ModelConfiguration.Problem) -> RotaryFrequencies.Scaling {
    switch kind {
    case "linear": return .linear(factor: numbers[0])
    case "llama3":
      guard numbers[1] < numbers[2] else {
        throw .rope("low_freq_factor", "is not below high_freq_factor", hint: "Llama 3.1 has 1 and 4")
      }
      guard let positions = Int(exactly: numbers[3]), positions <= Int(Int32.max) else {
        throw .rope("original_max_position_embeddings", "is no number of positions", hint: "Llama 3.1 has 8192")
      }
      return .llama3(
        factor: numbers[0], lowFrequency: numbers[1], highFrequency: numbers[2], originalPositions: positions)
    default: return .none
    }
  }
}

extension RopeParameters {
  /// The section as Hugging Face writes it; nil where nothing is scaled.
  package var fields: [(name: String, field: Field)]? {
    switch scaling {
    case .none: nil
    case .linear(let factor): [("rope_type", .text("linear")), ("factor", .number(factor))]
    case .llama3(let factor, let low, let high, let positions):
      [
        ("rope_type", .text("llama3")), ("factor", .number(factor)), ("low_freq_factor", .number(low)),
        ("high_freq_factor", .number(high)), ("original_max_position_embeddings", .number(Double(positions))),
      ]
    }
  }
}

extension RopeParameters.Field: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .null: try container.encodeNil()
    }
  }
}

extension ModelConfiguration.Problem {
  fileprivate static func rope(_ field: String, _ reason: String, hint: String) -> Self {
    Self(
      key: LlamaConfiguration.Key.ropeScaling.rawValue, value: nil, reason: "is no scaling: \(field) \(reason)",
      hint: hint)
  }
}
