internal import Synchronization

/// A bounded queue from one thread to another, without a lock.
///
/// One thread pushes and one takes. The producer never waits: without room an element is dropped, and
/// the drop is counted.
package final class Ring<Element: Sendable>: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<Element>
    private let mask: Int
    /// How many elements were pushed; only the producer stores it.
    private let pushed = Atomic(0)
    /// How many were taken; only the consumer stores it.
    private let taken = Atomic(0)
    private let dropped = Atomic(0)

    /// Creates an empty ring, which takes all of its memory.
    ///
    /// - Parameter capacity: the elements that there is room for; rounded up to a power of two.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 30, "a ring has room")
        var size = 1
        while size < capacity { size *= 2 }
        slots = .allocate(capacity: size)
        mask = size - 1
    }

    deinit {
        take { _ in }
        slots.deallocate()
    }

    /// How many elements found no room; from any thread.
    package var drops: Int { dropped.load(ordering: .relaxed) }

    /// Appends an element, on the producer's thread only.
    ///
    /// - Returns: false if there was no room, and the element was dropped.
    @discardableResult
    package func push(_ element: Element) -> Bool {
        let place = pushed.load(ordering: .relaxed)
        guard place &- taken.load(ordering: .acquiring) <= mask else {
            dropped.store(dropped.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            return false
        }
        (slots + (place & mask)).initialize(to: element)
        pushed.store(place &+ 1, ordering: .releasing)
        return true
    }

    /// Takes the elements that are there now, the oldest first, on the consumer's thread only.
    ///
    /// - Parameters:
    ///   - count: how many of them at the most.
    ///   - body: is given each.
    package func take(atMost count: Int = .max, _ body: (consuming Element) -> Void) {
        var place = taken.load(ordering: .relaxed)
        let there = pushed.load(ordering: .acquiring) &- place
        let end = place &+ min(count, there)
        while place != end {
            let element = (slots + (place & mask)).move()
            place &+= 1
            taken.store(place, ordering: .releasing)
            body(element)
        }
    }
}
