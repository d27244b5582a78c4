internal import BlackholePipeline
internal import BlackholeTLS
internal import Synchronization

/// The event loops that all servers of a process share, started with the first of them.
enum SharedLoops {
    private static let pool = Mutex<EventLoops?>(nil)

    static func loops() throws -> EventLoops {
        try pool.withLock { pool in
            if let pool { return pool }
            let fresh = try EventLoops(count: min(2, EventLoops.processors))
            pool = fresh
            return fresh
        }
    }
}

/// The certificate that all servers of a process show, made with the first that needs one.
enum SharedIdentity {
    private static let made = Mutex<TLSIdentity?>(nil)

    static func identity() throws -> TLSIdentity {
        try made.withLock { made in
            if let made { return made }
            let fresh = try TLSIdentity.selfSigned(names: ["localhost", "127.0.0.1", "::1"])
            made = fresh
            return fresh
        }
    }
}
