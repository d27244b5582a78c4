public import Synchronization

/// What a loop counts.
///
/// Modules above add their own with `extension Counter`, from ``firstFree`` on. Those of this package
/// keep below 32 and above 55; what is between is for anybody's own.
public struct Counter: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let index: Int

    /// Names the counter at `index`, from 0 to ``countMax`` − 1.
    @inlinable
    public init(index: Int) {
        precondition(index >= 0 && index < Counter.countMax, "a counter out of range")
        self.index = index
    }

    /// How many counters a loop has: mostly SMTP's refusals, which it counts by stage and code.
    public static let countMax = 1664
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
    /// Octets received.
    @inlinable public static var octetsReceived: Counter { Counter(index: 4) }
    /// Octets sent.
    @inlinable public static var octetsSent: Counter { Counter(index: 5) }
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
    @usableFromInline let cells: Cells

    /// Makes counters that all stand at 0.
    public init() {
        cells = Cells()
    }

    /// Adds to a counter.
    ///
    /// The loop's own thread only: one plain load and one plain store.
    @inlinable
    public func add(_ amount: Int, to counter: Counter) {
        let cell = cells.base + counter.index
        let value = cell.pointee.load(ordering: .relaxed)
        cell.pointee.store(value &+ UInt64(truncatingIfNeeded: amount), ordering: .relaxed)
    }

    /// Sets a counter that holds a time, say, and not a number of things.
    ///
    /// The loop's own thread only: one plain store.
    @inlinable
    public func set(_ counter: Counter, to value: UInt64) {
        cells.base[counter.index].store(value, ordering: .relaxed)
    }

    /// What a counter stands at; from any thread.
    @inlinable
    public subscript(counter: Counter) -> UInt64 {
        cells.base[counter.index].load(ordering: .relaxed)
    }

    /// Memory of the counters, apart so that the pointer's unsafety is said once: the cells are
    /// atomics, made before and freed after every use.
    @usableFromInline
    struct Cells: ~Copyable, @unchecked Sendable {
        @usableFromInline let base: UnsafeMutablePointer<Atomic<UInt64>>

        init() {
            base = .allocate(capacity: Counter.countMax)
            for index in 0..<Counter.countMax { (base + index).initialize(to: Atomic(0)) }
        }

        deinit {
            base.deinitialize(count: Counter.countMax)
            base.deallocate()
        }
    }
}
