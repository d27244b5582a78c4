public import Synchronization

/// What a loop counts.
///
/// Modules above add their own with `extension Counter`, from ``firstFree`` on. Those of this package
/// keep below 32 and above 55; what is between is for anybody's own.
public struct Counter: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let index: Int

    /// Names the counter at `index`, from 0 to ``maximumCount`` − 1.
    @inlinable
    public init(index: Int) {
        precondition(index >= 0 && index < Counter.maximumCount, "a counter out of range")
        self.index = index
    }

    /// How many counters a loop has: mostly SMTP's refusals, which it counts by stage and code.
    public static let maximumCount = 1696
    /// The first index that this module does not use.
    public static let firstFree = 16

    /// Connections accepted.
    @inlinable public static var accepted: Counter { Counter(index: 0) }
    /// Connections started by ``EventLoops/connect(to:from:_:)``, refused ones among them.
    @inlinable public static var connected: Counter { Counter(index: 1) }
    /// Connections that are gone.
    @inlinable public static var closed: Counter { Counter(index: 2) }
    /// Connections that the peer reset, or that failed.
    @inlinable public static var broken: Counter { Counter(index: 3) }
    /// Bytes received.
    @inlinable public static var bytesReceived: Counter { Counter(index: 4) }
    /// Bytes sent.
    @inlinable public static var bytesSent: Counter { Counter(index: 5) }
    /// Deadlines that passed.
    @inlinable public static var expired: Counter { Counter(index: 6) }
    /// Times that no connection could be accepted for want of descriptors or memory.
    @inlinable public static var acceptFailures: Counter { Counter(index: 7) }
    /// Connections refused for a ``ConnectionQuota``; they are among those accepted and closed.
    @inlinable public static var connectionsRefused: Counter { Counter(index: 8) }
    /// Connections closed to make room for others, since their peers had left.
    @inlinable public static var departed: Counter { Counter(index: 9) }
}

/// The counters of one loop: written by its thread, readable from any, without a lock.
public final class Counters: Sendable {
    @usableFromInline let cells: InlineArray<1696, Atomic<UInt64>>

    /// Creates counters that all stand at 0.
    public init() {
        cells = InlineArray { _ in Atomic(0) }
        precondition(cells.count == Counter.maximumCount, "every counter has a cell")
    }

    /// Adds to a counter.
    ///
    /// The loop's own thread only: one plain load and one plain store.
    @inlinable
    public func add(_ amount: Int, to counter: Counter) {
        let value = cells[counter.index].load(ordering: .relaxed)
        cells[counter.index].store(
            value &+ UInt64(truncatingIfNeeded: amount), ordering: .relaxed)
    }

    /// Sets a counter that holds a time, say, and not a number of things.
    ///
    /// The loop's own thread only: one plain store.
    @inlinable
    public func set(_ counter: Counter, to value: UInt64) {
        cells[counter.index].store(value, ordering: .relaxed)
    }

    /// The value of a counter; from any thread.
    @inlinable
    public subscript(counter: Counter) -> UInt64 {
        cells[counter.index].load(ordering: .relaxed)
    }
}
