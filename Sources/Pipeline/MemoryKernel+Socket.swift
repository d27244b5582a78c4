extension MemoryKernel {
    /// The loop's end of a connection; the peer's is whoever holds it.
    package final class Socket {
        /// What the loop's events carry; nil until it watches.
        package internal(set) var token: UInt64?
        var watchesWriting = false
        /// The connection is not established yet.
        private(set) var isConnecting: Bool
        /// What the peer has sent and the loop not read.
        package var input: ArraySlice<UInt8>
        private(set) var hasPeerEnded = false
        private(set) var error: Int32 = 0
        /// What the loop has sent and the peer not taken.
        package var output: [UInt8] = []
        /// How many bytes more the peer takes.
        package var window = Int.max {
            didSet { if window > oldValue { raise(writable: true) } }
        }
        /// How the loop has closed its side; nil while it is open.
        package var closing: LoopbackClosing?
        /// Whether the loop has closed it: what is sent to it then goes nowhere.
        private var isClosed = false
        /// Whether the close has reset the peer: it was asked to, or input was left unread.
        package private(set) var isReset = false
        /// Whether the last send said that more follows.
        var isCorked = false
        var edge: Readiness?

        package init(input: [UInt8] = [], isConnecting: Bool = false) {
            self.input = input[...]
            self.isConnecting = isConnecting
        }

        /// What the loop has sent and the peer not taken, as text.
        package var said: String { String(decoding: output, as: UTF8.self) }

        // MARK: What the peer does

        package func send(_ bytes: [UInt8]) {
            guard !isClosed else { return }
            input += bytes
            raise(readable: true)
        }

        package func end() {
            hasPeerEnded = true
            raise(readable: true, hungUp: true)
        }

        package func reset(error: Int32 = 104) {
            self.error = error
            raise(readable: true, writable: true, hungUp: true)
        }

        package func establish() {
            isConnecting = false
            raise(writable: true)
        }

        package func takeOutput() -> [UInt8] {
            defer { output = [] }
            return output
        }

        // MARK: What the kernel does

        func raise(readable: Bool = false, writable: Bool = false, hungUp: Bool = false) {
            guard let token else { return }
            let isWritable = writable && watchesWriting
            guard readable || isWritable || hungUp else { return }
            var edge = edge ?? Readiness(token: token)
            edge.isReadable = edge.isReadable || readable
            edge.isWritable = edge.isWritable || isWritable
            edge.isHungUp = edge.isHungUp || hungUp
            self.edge = edge
        }

        func close(resetting: Bool) {
            // A close in front of unread input is a reset, and what is corked is lost with it.
            if isCorked, !input.isEmpty { output = [] }
            isReset = resetting || !input.isEmpty
            closing = resetting ? .reset : .ended
            isClosed = true
            edge = nil
            token = nil
        }
    }
}

/// How a stack's side of a ``Loopback`` connection was closed.
public enum LoopbackClosing: Sendable {
    /// Nothing more will be sent (FIN).
    case ended
    /// The connection was reset (RST).
    case reset
}
