package import Quantities

/// What a chain of dependencies is made of: picoseconds of each activity.
package struct PathLength: Hashable, Sendable {
  // One lane an activity, which fits; a chain is copied wherever streams meet.
  private var lanes = SIMD16<Int64>()

  package init() {}

  package subscript(activity: Activity) -> SimDuration {
    get { SimDuration(picoseconds: Int(lanes[activity.rawValue])) }
    set { lanes[activity.rawValue] = Int64(newValue.picoseconds) }
  }

  mutating func add(_ picoseconds: Int, _ activity: Int) { lanes[activity] += Int64(picoseconds) }

  package var total: SimDuration { SimDuration(picoseconds: Int(lanes.wrappedSum())) }
}
