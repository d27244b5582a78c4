/// The last sessions, each as it was reported last.
struct SessionStore {
    /// How many there may be.
    let capacity: Int
    private var sessions: [String: SessionSummary] = [:]
    /// The ids, the oldest first, as a ring.
    private var order: [String] = []
    private var next = 0

    init(capacity: Int) { self.capacity = capacity }

    /// Puts a session in, or what is new of it; the oldest goes where there is no room.
    mutating func put(_ session: SessionSummary) {
        guard capacity > 0 else { return }
        if sessions.updateValue(session, forKey: session.id) != nil { return }
        if order.count < capacity {
            order.append(session.id)
        } else {
            sessions[order[next]] = nil
            order[next] = session.id
            next = (next + 1) % capacity
        }
    }

    /// The session of an id.
    subscript(id: String) -> SessionSummary? { sessions[id] }

    /// All of them, the newest first.
    var all: [SessionSummary] {
        (order[next...] + order[..<next]).reversed().compactMap { sessions[$0] }
    }
}
