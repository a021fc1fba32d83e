import Configuration
import Mesh
import PipelineSchedules
import Training

/// The mesh of a run as text: its axes, and every rank's coordinates, its stages, and the ranks it talks to.
struct MeshTable {
  private let mesh: Mesh
  private let schedule: PipelineSchedule

  init(_ configuration: RunConfiguration) {
    (mesh, schedule) = (configuration.mesh, configuration.pipeline.schedule)
  }

  var text: String { ([head] + notes + [""] + table).joined(separator: "\n") }

  private var head: String {
    let order = mesh.order.reversed().map(\.rawValue).joined(separator: "-")
    return "mesh: \(mesh) = \(mesh.count) ranks; order \(order), the fastest varying axis first"
  }

  private var notes: [String] {
    let sets = "parameters are sharded over \(mesh.shardSize) of \(mesh.size(.data)) data-parallel ranks"
    return mesh.replicas > 1 ? ["\(sets), in \(mesh.replicas) replicas"] : []
  }

  private var axes: [Axis] { Mesh.defaultOrder }

  private var table: [String] {
    let titles = ["rank"] + axes.map(\.rawValue) + ["stages", "tp group", "dp group", "pp group"]
    let rows = [titles] + (0..<mesh.count).map(row)
    let widths = titles.indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      zip(row, widths).map { text, width in String(repeating: " ", count: width - text.count) + text }
        .joined(separator: "  ")
    }
  }

  private func row(_ rank: Int) -> [String] {
    let place = mesh.coordinates(of: rank)
    let stages = schedule.stages(of: place[.pipeline]!).map(String.init).joined(separator: ",")
    let groups = [Axis.tensor, .data, .pipeline].map { axis in
      mesh.group(of: rank, along: axis).map(String.init).joined(separator: ",")
    }
    return ["\(rank)"] + axes.map { "\(place[$0]!)" } + [stages] + groups
  }
}
