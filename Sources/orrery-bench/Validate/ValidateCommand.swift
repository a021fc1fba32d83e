import ArgumentParser

/// Predictions beside published measurements: every row of a file is judged, or refused with a reason.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Judges predictions by measurements: errors, beside a plain roofline's.",
    subcommands: [
      ValidateKernels.self, ValidateTrain.self, ValidateEpochs.self, ValidateCollectives.self, ValidateMemory.self,
    ])
}
