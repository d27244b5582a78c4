/// The last sessions, each as it was reported last; their transcripts up to a size of all.
struct SessionStore {
    /// How many there may be.
    let capacity: Int
    /// How many bytes of transcripts.
    let maximumBytes: Int
    private var sessions: [String: SessionSummary] = [:]
    /// The ids, the oldest first, as a ring.
    private var order: [String] = []
    private var next = 0
    private var bytes = 0

    init(capacity: Int, maximumBytes: Int = 4 << 20) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    /// Puts a session in, or what is new of it; the oldest goes where there is no room.
    mutating func put(_ session: SessionSummary) {
        guard capacity > 0 else { return }
        let old = sessions.updateValue(session, forKey: session.id)
        bytes += session.said.roomBytes - (old?.said.roomBytes ?? 0)
        if old == nil {
            if order.count < capacity {
                order.append(session.id)
            } else {
                bytes -= sessions.removeValue(forKey: order[next])?.said.roomBytes ?? 0
                order[next] = session.id
                next = (next + 1) % capacity
            }
        }
        if bytes > maximumBytes { dropTranscripts() }
    }

    /// Gives up the oldest transcripts, a quarter of all that there may be, so that it is done seldom.
    private mutating func dropTranscripts() {
        for id in order[next...] + order[..<next] {
            guard bytes > maximumBytes / 4 * 3 else { return }
            bytes -= sessions[id]?.said.roomBytes ?? 0
            sessions[id]?.said.drop()
        }
    }

    /// The session of an id.
    subscript(id: String) -> SessionSummary? { sessions[id] }

    /// All of them, the newest first.
    var all: [SessionSummary] {
        (order[next...] + order[..<next]).reversed().compactMap { sessions[$0] }
    }
}
