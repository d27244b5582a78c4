internal import BlackholeInbox
internal import BlackholePipeline
internal import Synchronization

/// What the loops of mail report: a ring for each of them, which one board empties.
///
/// No loop waits for the console or wakes it. A report that finds no room is dropped and counted.
package final class Recorder: ConsoleFeed {
    private let rings: [Ring<ConsoleReport>]
    /// How many drops of each ring the board has heard of.
    private let told: Mutex<[Int]>
    /// The bytes of contents that may be under way: arriving, or in a ring.
    private let allowance: Int
    private let held = Atomic(0)
    private let losses = Atomic(0)
    /// What is measured on each loop.
    package let meters: [LoopMeters]

    /// The reports that a ring has room for.
    package static let capacity = 2048

    /// Creates the recorder of a pool of loops.
    ///
    /// - Parameters:
    ///   - loops: how many loops report.
    ///   - contentBytes: the bytes of contents that may be on their way to the board at once.
    ///   - capacity: the reports that each loop has room for.
    ///   - listeners: the names of listeners, as sessions have them.
    ///   - domains: the domains whose messages are counted, in small letters.
    package init(
        loops: Int, contentBytes: Int, capacity: Int = Recorder.capacity,
        listeners: [String] = [], domains: [String] = []
    ) {
        meters = (0..<max(1, loops)).map { _ in
            LoopMeters(listeners: listeners, domains: domains)
        }
        rings = (0..<max(1, loops)).map { _ in Ring(capacity: capacity) }
        told = Mutex(Array(repeating: 0, count: max(1, loops)))
        allowance = contentBytes
    }

    /// How many messages lost their contents, since too many bytes were under way.
    package var lostContents: Int { losses.load(ordering: .relaxed) }

    /// The bytes of contents that are under way.
    package var heldBytes: Int { held.load(ordering: .relaxed) }

    /// Asks for room for content; from any loop, without waiting.
    func reserve(_ bytes: Int) -> Bool {
        let (before, after) = held.add(bytes, ordering: .relaxed)
        guard after > allowance || after < before else { return true }
        held.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Gives back room for content.
    func release(_ bytes: Int) {
        if bytes > 0 { held.subtract(bytes, ordering: .relaxed) }
    }

    /// Counts a message whose content found no room.
    func noteLostContent() { losses.add(1, ordering: .relaxed) }

    /// Hands a report over, on that loop's thread; the room for its content is the report's.
    func report(_ report: ConsoleReport, on loop: Int) {
        if !rings[loop % rings.count].push(report) { release(report.contentBytes) }
    }

    package func take() -> [ConsoleReport] {
        var reports: [ConsoleReport] = []
        var drops = 0
        told.withLock { told in
            for (index, ring) in rings.enumerated() {
                ring.take { report in
                    release(report.contentBytes)
                    reports.append(report)
                }
                drops += ring.drops - told[index]
                told[index] = ring.drops
            }
        }
        reports.order()
        if drops > 0 { reports.append(.dropped(drops)) }
        return reports
    }
}

extension ConsoleReport {
    fileprivate var contentBytes: Int {
        if case .message(_, let message?) = self { message.content.count } else { 0 }
    }
}
