import BlackholePipeline

extension World {
    /// One end of a connection; the other is the test's.
    struct Socket {
        var token: UInt64 = 0
        var isWatched = false
        var watchesWriting = false
        /// The connection is not established yet.
        var isConnecting = false
        /// What the peer has sent and the loop not read.
        var input: [UInt8] = []
        var hasPeerEnded = false
        var error: Int32 = 0
        /// What the loop has sent.
        var output: [UInt8] = []
        /// How many bytes more the peer takes.
        var window = Int.max
        var hasEnded = false
        /// Whether the last send said that more follows.
        var isCorked = false
        var edge: Readiness?
    }

    /// What a listener's next accept finds.
    enum Arrival {
        case connection(input: String)
        case aborted
        case exhausted
    }

    struct PlayedListener {
        var token: UInt64 = 0
        var isWatched = false
        var arrivals: [Arrival] = []
    }
}
