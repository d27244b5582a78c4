extension ConsoleReport {
    /// When it happened; nil where that is not known.
    fileprivate var time: Timestamp? {
        switch self {
        case .message(let entry, _): entry.at
        case .session(let session): session.closed ?? session.opened
        case .dropped: nil
        }
    }
}

extension [ConsoleReport] {
    /// Puts reports of several loops, each in order, into the order in which they happened.
    ///
    /// A message that was sent after another one's reply must not come before it. Those of no known time
    /// come last.
    package mutating func order() {
        let latest = Timestamp(nanoseconds: .max)
        let times = enumerated().map { (time: $1.time ?? latest, place: $0) }
        let isOrdered = zip(times, times.dropFirst()).allSatisfy { $0.time <= $1.time }
        if isOrdered { return }
        self = times.sorted { ($0.time, $0.place) < ($1.time, $1.place) }.map { self[$0.place] }
    }
}
