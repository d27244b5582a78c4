internal import BlackholeCLinux
internal import Glibc
internal import Synchronization

/// What other threads ask of a loop.
enum LoopMessage: Sendable {
    /// Accept from a listening descriptor, the loop's own from here on.
    case listen(Int32, at: NetworkAddress, as: UInt64, StackRecipe)
    /// Run the recipe's stacks for a listener's new connections.
    case replace(UInt64, StackRecipe)
    /// Accept no more from a listener, and let what is in flight finish until the time given.
    case close(UInt64, grace: Duration, Completion)
    /// Connect, from an address of our own where one is given, and run the recipe's stack as the
    /// client.
    case connect(NetworkAddress, from: NetworkAddress?, StackRecipe)
    /// End the pause of the connection that the token names.
    case wake(UInt64)
    /// Close the connections whose peers have left: another loop lacks room.
    case makeRoom
    /// Accept no more, let what is in flight finish until the time given, then end the loop.
    case stop(grace: Duration)
}

/// The way into a loop from other threads: messages under a lock, and an eventfd that wakes it.
package final class Mailbox: Sendable {
    /// The messages that wait; nil once the loop has ended.
    private let messages = Mutex<[LoopMessage]?>([])
    /// Whether one waits: what a loop asks where it may take no lock.
    private let hasMail = Atomic(false)
    /// The eventfd; −1 for a loop that looks for itself, since it is turned by hand.
    let wakeDescriptor: Int32
    /// Wakes a loop whose kernel is played.
    private let wake: (@Sendable () -> Void)?

    /// Makes a mailbox without an eventfd: `wake` is called in its place.
    package init(wake: (@Sendable () -> Void)? = nil) {
        wakeDescriptor = -1
        self.wake = wake
    }

    /// Makes a mailbox with an eventfd.
    static func makeWaking() throws(SystemError) -> Mailbox {
        let descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw .current("create an eventfd") }
        return Mailbox(wakeDescriptor: descriptor)
    }

    private init(wakeDescriptor: Int32) {
        self.wakeDescriptor = wakeDescriptor
        wake = nil
    }

    deinit {
        if wakeDescriptor >= 0 { _ = Glibc.close(wakeDescriptor) }
    }

    /// Leaves a message and wakes the loop; from any thread.
    ///
    /// - Returns: false when the loop has ended, and nobody will take the message.
    @discardableResult
    func post(_ message: LoopMessage) -> Bool {
        let (isOpen, isFirst) = messages.withLock { messages in
            defer { messages?.append(message) }
            hasMail.store(true, ordering: .releasing)
            return (messages != nil, messages?.isEmpty == true)
        }
        // Who left the message before this one has woken the loop, or is about to.
        guard isFirst else { return isOpen }
        wake?()
        guard wakeDescriptor >= 0 else { return isOpen }
        var one: UInt64 = 1
        // It can fail only when the counter is full, and then the loop is awake.
        _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
        return isOpen
    }

    /// Whether no message waits.
    package var isEmpty: Bool { !hasMail.load(ordering: .acquiring) }

    /// Takes all messages; the loop's thread only.
    func takeAll() -> [LoopMessage] {
        messages.withLock { messages in
            defer { messages = [] }
            hasMail.store(false, ordering: .relaxed)
            return messages ?? []
        }
    }

    /// Takes the last messages and refuses those that come later; the loop's thread only.
    func close() -> [LoopMessage] {
        messages.withLock { messages in
            defer { messages = nil }
            return messages ?? []
        }
    }
}
