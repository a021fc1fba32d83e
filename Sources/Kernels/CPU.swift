import Foundation

/// Whether this processor has what the kernels were built for; nil if it does, else one line that says what is missing.
package func missingCPUFeatures() -> String? {
  #if TUNED && arch(x86_64)
    guard let flags = cpuFlags() else { return nil }
    let missing = ["avx2", "fma"].filter { !flags.contains($0) }
    guard !missing.isEmpty else { return nil }
    return "this processor lacks \(missing.joined(separator: " and ")); build for any x86-64 with ORRERY_PORTABLE=1"
  #else
    return nil
  #endif
}

/// The words of the first `flags` line of /proc/cpuinfo.
private func cpuFlags() -> Set<Substring>? {
  guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
  return text.split(separator: "\n").first { $0.hasPrefix("flags") }.map { Set($0.split(separator: " ")) }
}
