import Testing

/// The built program, run as a user runs it. One test at a time: they start MPI worlds, and two worlds at once would starve
/// each other on a small machine.
@Suite(.serialized) enum EndToEnd {}
