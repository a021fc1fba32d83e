/// A check that is made in every build. This target is compiled without the language's own checks, where a `precondition` is
/// not tested but assumed to hold.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  guard condition else { fatalError(message()) }
}
