import HeapModule
package import Quantities

/// Events in the order of their time; those of the same instant in the order in which they were scheduled, so that the same input gives
/// the same timeline to the last picosecond.
package struct EventQueue<Event> {
  private struct Entry: Comparable {
    var time: SimInstant
    var number: Int
    var event: Event

    static func == (a: Self, b: Self) -> Bool { a.number == b.number }
    static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.number < b.number : a.time < b.time }
  }

  private var heap = Heap<Entry>()
  private var scheduled = 0
  /// The instant of the last event that was taken.
  package private(set) var now = SimInstant.start

  package init() {}

  package var isEmpty: Bool { heap.isEmpty }
  package var count: Int { heap.count }
  package var nextTime: SimInstant? { heap.min?.time }

  /// - Precondition: the time is not past.
  package mutating func schedule(_ event: Event, at time: SimInstant) {
    precondition(time >= now, "an event at \(time) is scheduled at \(now)")
    heap.insert(Entry(time: time, number: scheduled, event: event))
    scheduled += 1
  }

  package mutating func schedule(_ event: Event, after delay: SimDuration) { schedule(event, at: now + delay) }

  /// Takes the next event, and moves the clock to it; nil when there is none.
  package mutating func next() -> Event? {
    guard let entry = heap.popMin() else { return nil }
    now = entry.time
    return entry.event
  }
}
