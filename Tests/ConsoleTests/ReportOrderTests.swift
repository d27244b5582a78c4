import BlackholeConsole
import Testing

@Suite struct `Reports of several loops` {
    private func message(_ id: String, at second: Int64) -> ConsoleReport {
        .message(
            Entry(id: id, at: Timestamp(seconds: second), reply: .init(250, "OK")), content: nil)
    }

    private func session(_ id: String, opened: Int64, closed: Int64? = nil) -> ConsoleReport {
        var summary = SessionSummary(id: id, opened: Timestamp(seconds: opened))
        summary.closed = closed.map { Timestamp(seconds: $0) }
        return .session(summary)
    }

    private func ordered(_ reports: [ConsoleReport]) -> [String] {
        var reports = reports
        reports.order()
        return reports.map { report in
            switch report {
            case .message(let entry, _): entry.id
            case .session(let session): session.id
            case .dropped(let count): "\(count)"
            }
        }
    }

    @Test func `are put into the order in which they happened`() {
        let first = [
            session("a", opened: 1), message("2", at: 4), session("a", opened: 1, closed: 5),
        ]
        let second = [session("b", opened: 2), message("1", at: 3), message("3", at: 4)]
        #expect(ordered(first + second) == ["a", "b", "1", "2", "3", "a"])
    }

    @Test func `stay as they are where they happened at once, and lost ones come last`() {
        let reports = [message("1", at: 1), .dropped(2), message("3", at: 1), message("4", at: 1)]
        #expect(ordered(reports) == ["1", "3", "4", "2"])
    }
}
