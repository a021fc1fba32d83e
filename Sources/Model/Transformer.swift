import Execution
import Mesh

/// A decoder-only transformer as units: the token table, the position table where there is one, one unit a block, the head's norm, and
/// the head's table, unless it is the token table itself: a copy of it for a tied model of several stages.
package struct Transformer: Sendable {
  package let architecture: Architecture
  package let partition: TensorPartition
  package let units: [ParameterUnit]
  let embedding: TokenEmbedding
  let blocks: [Block]
  let head: LanguageModelHead
  /// Whether embedding and head read one table in one place.
  private let sharesTable: Bool
  /// The head's table in the unit `outputUnit`.
  let outputTable: ParameterID

  /// - Parameters:
  ///   - partition: this rank's part of every cut matrix.
  ///   - copiesTable: whether first and last stage are different, so that a tied table exists twice.
  package init(_ architecture: Architecture, _ partition: TensorPartition = .whole, copiesTable: Bool = false) {
    (self.architecture, self.partition) = (architecture, partition)
    var table = ParameterUnit("token table", partition)
    var positions = ParameterUnit("position table", partition)
    embedding = TokenEmbedding(architecture, in: &table, positionUnit: &positions)
    var units = [table] + (embedding.hasPositions ? [positions] : [])
    blocks = (0..<architecture.layers).map { layer in
      var unit = ParameterUnit("block \(layer)", partition)
      let block = Block(layer: layer, architecture, in: &unit)
      units.append(unit)
      return block
    }
    var last = ParameterUnit("head", partition)
    head = LanguageModelHead(architecture, in: &last)
    units.append(last)
    sharesTable = architecture.isTied && !copiesTable
    guard !sharesTable else {
      (self.units, outputTable) = (units, embedding.tokens)
      return
    }
    var output = ParameterUnit("output table", partition, isCopy: architecture.isTied)
    outputTable = output.add(
      architecture.isTied ? TokenEmbedding.table(architecture) : LanguageModelHead.table(architecture))
    self.units = units + [output]
  }

  package static let tableUnit = 0
  var positionUnit: Int? { embedding.hasPositions ? 1 : nil }
  func blockUnit(_ layer: Int) -> Int { (embedding.hasPositions ? 2 : 1) + layer }
  var headUnit: Int { blockUnit(architecture.layers) }
  /// The copy of a tied table at the end of a pipeline.
  package var copyUnit: Int? { architecture.isTied && !sharesTable ? outputUnit : nil }
  /// Which unit holds the table that the head reads.
  var outputUnit: Int { sharesTable ? Transformer.tableUnit : headUnit + 1 }

  /// Values of the whole model; a tied table counts once.
  package var parameterCount: Int {
    units.filter { !$0.isCopy }.reduce(0) { $0 + $1.parameters.reduce(0) { $0 + $1.count } }
  }

  /// Matrix FLOPs of one token, forward and backward, by the PaLM convention: 6·N + 12·L·A·D·S, N without position table and
  /// embedding, but with the output matrix. Chowdhery et al. 2022, appendix B.
  package func modelFLOPs(sequence: Int) -> Int {
    let a = architecture
    let skipped =
      (embedding.hasPositions ? a.positionCount * a.hidden : 0) + (a.isTied ? 0 : a.vocabulary * a.hidden)
    return 6 * (parameterCount - skipped) + 12 * a.layers * a.heads * a.headSize * sequence
  }
}
