import ArgumentParser
import Foundation
import Quantities

/// The network model held against a network of our own: `launch/netlab` builds it and starts this inside.
struct NetlabBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "netlab",
    abstract: "All-reduces and a training step over shaped links, measured beside their predictions.",
    discussion: """
      It needs the lab that launch/netlab makes, and takes it as it is told. Each world of ranks measures two points, a \
      small message's round trip and the gap between small messages, and predicts everything else from them and from the \
      links' settings.
      """)

  @Option(parsing: .upToNextOption, help: "Worlds to measure, hosts × ranks of a host.")
  var worlds = ["2x1", "3x1", "4x1", "2x2", "4x2", "2x4"]
  @Option(help: "Hosts of the lab.") var hosts: Int
  @Option(help: "Rate of every port, each way.") var rate: String
  @Option(help: "Token bucket of every port.") var bucket: String
  @Option(help: "Bytes of an IP packet.") var mtu: Int
  @Option(help: "Send buffer of a connection.") var window: String
  @Option(help: "Cores that the hosts take turns on.") var cores: Int
  @Option(help: "The lab's addresses without their last number.") var network: String
  @Option(help: "The program that starts a command on the host with an address.") var agent: String
  @Option(help: "Smallest buffer.") var minimum = "64 KiB"
  @Option(help: "Largest buffer.") var maximum = "64 MiB"
  @Option(help: "Seconds for each collective and size; three repetitions at least.") var seconds = 1.0
  @Option(help: "Measured training steps of each world; 0 for none.") var trainingSteps = 8
  @Option(help: "Seconds that one world may take.") var deadline = 900
  @Option(help: "Write all measurements and predictions to a JSON file.") var json: String?

  func validate() throws { _ = try settings() }

  func run() throws {
    let settings = try settings()
    var judged: [LabWorld] = []
    for lab in settings.labs {
      let rows = try labRows(command(lab, settings), deadline: deadline)
      let world = try LabWorld(lab, rows)
      show(NetlabReport.text(world))
      judged.append(world)
    }
    show(NetlabReport.summary(judged))
    try write(judged, to: json)
  }

  /// At once, also where the output is a file: a world takes minutes.
  private func show(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

  private func settings() throws -> LabSettings {
    try LabSettings(
      worlds: worlds, hosts: hosts, rate: Bandwidth(parsing: rate), bucket: ByteCount(parsing: bucket), mtu: mtu,
      cores: cores, window: ByteCount(parsing: window), minimum: ByteCount(parsing: minimum),
      maximum: ByteCount(parsing: maximum))
  }

  private func command(_ lab: Lab, _ settings: LabSettings) throws -> [String] {
    let description = String(decoding: try JSONEncoder().encode(lab), as: UTF8.self)
    return try lab.mpirun(network: network, agent: agent, deadline: deadline) + [
      "netlab-rank", "--lab", description, "--minimum", "\(settings.minimum.value)", "--maximum",
      "\(settings.maximum.value)", "--seconds", "\(seconds)", "--training-steps", "\(trainingSteps)",
    ]
  }
}
