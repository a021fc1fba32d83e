// swift-tools-version: 6.2
import PackageDescription

// The house plan as a table: a target may only depend on targets of a lower floor.
// `launch/test` builds with `--explicit-target-dependency-import-check error`, so imports obey the table too.

struct Row {
  var name: String
  var floor: Int
  var targets: [String] = []
  var products: [Target.Dependency] = []
  var kind: Kind = .library
  /// Data files that become part of the program: it needs nothing beside itself.
  var resources: [Resource] = []
  enum Kind { case library, kernels, transport, executable }
}

let collections = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let table: [Row] = [
  Row(name: "Quantities", floor: 0),
  Row(name: "Mesh", floor: 1, targets: ["Quantities"]),
  Row(name: "EventSimulation", floor: 1, targets: ["Quantities"], products: [heaps]),
  Row(name: "Kernels", floor: 1, targets: ["Quantities", "COpenBLAS"], kind: .kernels),
  Row(name: "Corpus", floor: 1, targets: ["Quantities"]),
  Row(name: "Collectives", floor: 1, targets: ["Quantities"]),
  Row(name: "Cluster", floor: 2, targets: ["Quantities"], products: [yams], resources: [.embedInCode("Catalogue")]),
  Row(name: "PipelineSchedules", floor: 2, targets: ["Quantities"]),
  Row(name: "Program", floor: 2, targets: ["Quantities", "Mesh", "Collectives"]),
  Row(
    name: "Execution", floor: 3, targets: ["Quantities", "Mesh", "Program", "Collectives"]),
  Row(
    name: "Transport", floor: 3, targets: ["Quantities", "Mesh", "Kernels", "Collectives", "CMPI"], kind: .transport),
  Row(
    name: "WarpModel", floor: 3, targets: ["Quantities", "Cluster"], products: [yams],
    resources: [.embedInCode("Machines")]),
  Row(
    name: "GPUModel", floor: 4, targets: ["Quantities", "Program", "Cluster"], products: [yams],
    resources: [.embedInCode("Constants/Data/calibration.yaml"), .embedInCode("Constants/Data/priors.yaml")]),
  Row(
    name: "NetworkModel", floor: 4, targets: ["Quantities"], products: [yams],
    resources: [.embedInCode("Data/network.yaml"), .embedInCode("Data/priors.yaml")]),
  Row(
    name: "Model", floor: 4, targets: ["Quantities", "Mesh", "Program", "Execution"],
    products: [collections]),
  Row(
    name: "Host", floor: 4,
    targets: ["Quantities", "Mesh", "Kernels", "Program", "Collectives", "Execution", "Transport"]),
  Row(name: "Checkpoint", floor: 4, targets: ["Quantities"], products: [crypto]),
  Row(
    name: "Training", floor: 5,
    targets: [
      "Quantities", "Mesh", "Program", "Collectives", "PipelineSchedules", "Execution", "Model", "Checkpoint", "Corpus",
    ],
    products: [collections]),
  Row(
    name: "Timing", floor: 5,
    targets: [
      "Quantities", "Mesh", "Program", "Collectives", "EventSimulation", "Cluster", "GPUModel", "NetworkModel",
    ]),
  Row(name: "Measurements", floor: 5, targets: ["Quantities", "Cluster", "GPUModel", "NetworkModel"]),
  Row(
    name: "Planning", floor: 6,
    targets: [
      "Quantities", "Mesh", "EventSimulation", "Corpus", "Program", "Collectives", "Cluster", "PipelineSchedules",
      "Execution", "GPUModel", "NetworkModel", "Model", "Training", "Timing",
    ]),
  Row(
    name: "Configuration", floor: 6,
    targets: ["Quantities", "Cluster", "Mesh", "Program", "Collectives", "PipelineSchedules", "Model", "Training"],
    products: [yams]),
  Row(
    name: "Reporting", floor: 7,
    targets: ["Quantities", "Mesh", "Program", "Execution", "Training", "Configuration", "Timing"]),
  Row(
    name: "orrery", floor: 8,
    targets: [
      "Quantities", "Mesh", "Program", "Collectives", "Execution", "Transport", "Host", "Model", "Checkpoint",
      "Corpus", "PipelineSchedules", "Training", "Configuration", "Reporting", "Cluster", "GPUModel", "WarpModel",
      "Measurements", "NetworkModel", "Timing", "Planning",
    ],
    products: [arguments], kind: .executable),
  Row(
    name: "orrery-bench", floor: 8,
    targets: [
      "Quantities", "Mesh", "Kernels", "Program", "Collectives", "Execution", "Transport", "Host", "Model", "Corpus",
      "PipelineSchedules", "Training", "Configuration", "Cluster", "GPUModel", "NetworkModel", "Measurements",
      "Reporting",
      "EventSimulation", "Timing", "Planning",
    ],
    products: [arguments], kind: .executable),
]

let floors = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0.floor) })
  .merging(["CMPI": -1, "COpenBLAS": -1]) { own, _ in own }
for row in table {
  for target in row.targets {
    precondition(
      floors[target]! < row.floor, "\(row.name) (floor \(row.floor)) may not import \(target): imports only go down")
  }
}

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]
// Tuned for AVX2 + FMA, optimised even in debug builds: loops over numbers are unusable otherwise. ORRERY_PORTABLE=1 builds
// for any x86-64 instead; the program checks the CPU at start.
let portable = Context.environment["ORRERY_PORTABLE"] != nil
// Without errno a square root is one instruction, and its loop vectorises.
let loops = ["-Ounchecked", "-Xcc", "-fno-math-errno"]
let kernelFlags: [SwiftSetting] =
  portable
  ? [.unsafeFlags(loops)]
  : [.unsafeFlags(loops + ["-Xfrontend", "-target-cpu", "-Xfrontend", "haswell"]), .define("TUNED")]

func settings(_ kind: Row.Kind) -> [SwiftSetting] {
  switch kind {
  case .kernels: strict + kernelFlags
  case .transport: strict
  case .library, .executable: strict + [.strictMemorySafety()]
  }
}

func target(_ row: Row) -> Target {
  let dependencies = row.targets.map { Target.Dependency.target(name: $0) } + row.products
  return row.kind == .executable
    ? .executableTarget(name: row.name, dependencies: dependencies, swiftSettings: settings(row.kind))
    : .target(
      name: row.name, dependencies: dependencies, resources: row.resources, swiftSettings: settings(row.kind))
}

/// Tests mirror Sources: `Tests/<Target>Tests`. Each names what it needs beside the target it tests.
let everything = table.filter { $0.kind != .executable }.map(\.name)
let tests: [(name: String, needs: [String])] = [
  ("Quantities", ["Quantities"]), ("Mesh", ["Mesh"]), ("Kernels", ["Kernels", "Quantities"]),
  ("Corpus", ["Corpus", "Quantities"]), ("EventSimulation", ["EventSimulation", "Quantities"]),
  ("Collectives", ["Collectives", "Quantities"]),
  ("Checkpoint", ["Checkpoint", "Quantities"]),
  ("Training", ["Training", "Model", "Mesh", "PipelineSchedules", "Program", "Quantities"]),
  (
    "Configuration",
    [
      "Configuration", "Quantities", "Cluster", "Mesh", "Program", "Collectives", "PipelineSchedules", "Model",
      "Training",
    ]
  ),
  ("Reporting", ["Reporting", "Quantities", "Training", "Timing", "Program"]),
  ("Program", ["Program", "Collectives", "Mesh", "Quantities"]),
  ("PipelineSchedules", ["PipelineSchedules", "Quantities"]),
  ("Transport", ["Transport", "Collectives", "Kernels", "Quantities", "Mesh"]),
  ("Host", ["Host", "Execution", "Program", "Kernels", "Quantities", "Mesh", "Transport"]),
  ("Measurements", ["Measurements", "Cluster", "GPUModel", "NetworkModel", "Quantities"]),
  ("NetworkModel", ["NetworkModel", "Quantities", "TestSupport"]),
  ("Cluster", ["Cluster", "Quantities"]), ("WarpModel", ["WarpModel", "Cluster", "Quantities"]),
  ("GPUModel", ["GPUModel", "Cluster", "Program", "Quantities", "TestSupport"]),
  ("Model", ["Model", "Mesh", "Program", "Quantities"]), ("Execution", everything + ["TestSupport"]),
  (
    "Planning",
    [
      "Planning", "Cluster", "Execution", "GPUModel", "Mesh", "Model", "PipelineSchedules", "Program", "Quantities",
      "Training",
    ]
  ),
  (
    "Timing",
    [
      "Timing", "Quantities", "Collectives", "Cluster", "NetworkModel", "EventSimulation", "Program", "Mesh",
      "PipelineSchedules", "TestSupport",
    ]
  ),
  ("OrreryBench", ["orrery-bench", "Collectives", "EventSimulation", "Quantities"]),
  ("EndToEnd", ["orrery"]),
  ("Law", everything + ["TestSupport"]),
]

/// Tests whose witness is the library's own reading of YAML.
let withYAML = ["GPUModel", "NetworkModel"]
let withFixtures = ["Checkpoint", "EndToEnd", "GPUModel", "Law", "Measurements", "PipelineSchedules"]

let package = Package(
  name: "orrery",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "orrery", targets: ["orrery"]), .executable(name: "orrery-bench", targets: ["orrery-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CMPI", path: "Sources/CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
  ] + table.map(target)
    + [
      .target(
        name: "TestSupport", dependencies: everything.map { .target(name: $0) }, path: "Tests/TestSupport",
        swiftSettings: strict)
    ]
    + tests.map { test in
      .testTarget(
        name: "\(test.name)Tests",
        dependencies: test.needs.map { .target(name: $0) } + (withYAML.contains(test.name) ? [yams] : []),
        exclude: withFixtures.contains(test.name) ? ["Fixtures"] : [],
        swiftSettings: strict)
    },
  swiftLanguageModes: [.v6]
)
