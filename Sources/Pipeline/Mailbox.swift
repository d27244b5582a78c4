internal import CLinux
internal import Glibc
internal import Synchronization

/// What other threads ask of a loop.
enum LoopMessage: Sendable {
    /// Accept from a listening descriptor, the loop's own from here on.
    case listen(Int32, at: SocketAddress, StackRecipe)
    /// Connect, and run the recipe's stack as the client.
    case connect(SocketAddress, StackRecipe)
    /// Accept no more, let what is in flight finish until the time given, then end the loop.
    case stop(grace: Duration)
}

/// The way into a loop from other threads: messages under a lock, and an eventfd that wakes it.
final class Mailbox: Sendable {
    /// The messages that wait; nil once the loop has ended.
    private let messages = Mutex<[LoopMessage]?>([])
    let wakeDescriptor: Int32

    init() throws(SystemError) {
        wakeDescriptor = clinux_eventfd()
        guard wakeDescriptor >= 0 else { throw .current("create an eventfd") }
    }

    deinit {
        _ = Glibc.close(wakeDescriptor)
    }

    /// Leaves a message and wakes the loop; from any thread.
    ///
    /// - Returns: false when the loop has ended, and nobody will take the message.
    @discardableResult
    func post(_ message: LoopMessage) -> Bool {
        let isOpen = messages.withLock { messages in
            messages?.append(message)
            return messages != nil
        }
        var one: UInt64 = 1
        // It can fail only when the counter is full, and then the loop is awake.
        _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
        return isOpen
    }

    /// Takes all messages; the loop's thread only.
    func takeAll() -> [LoopMessage] {
        messages.withLock { messages in
            defer { messages = [] }
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
