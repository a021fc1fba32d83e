import Cluster
import Mesh
import Planning

/// What an estimate leaves out.
enum ModelLimits {
  static let always = [
    "data loading, evaluation, and the writing of logs",
    "collectives that kernels beside them slow down, and axes that share a network card at the same time",
    "clocks that fall with temperature, other jobs on the network, files",
  ]

  /// What else a scenario asks for that is not modelled.
  static func all(_ scenario: Scenario) -> [String] {
    always
      + (scenario.slowLinks.isEmpty ? [] : ["detours around a slow link: collectives keep their routes over it"])
      + (scenario.mesh.count < scenario.cluster.gpus ? ["other jobs on the GPUs that are left"] : [])
  }
}
