internal import BlackholeInbox
internal import BlackholePipeline
internal import Synchronization

/// What the loops of mail report: a ring for each of them, which one board empties.
///
/// No loop waits for the console or wakes it. A report that finds no room is dropped and counted.
package final class Recorder: ConsoleFeed {
    private let rings: [Ring<Held>]
    /// What is no longer kept, on its way back to the loops.
    private let spent: [Ring<Held>]
    /// How many drops of each ring the board has heard of.
    private let told: Mutex<[Int]>
    /// The bytes that may be under way, arriving or in a ring: of contents, recipients and transcripts.
    private let allowance: Int
    private let held = Atomic(0)
    private let losses = Atomic(0)
    private let returning = Atomic(0)

    /// A report on its way, and the bytes of memory that it holds.
    private struct Held: Sendable {
        let report: ConsoleReport
        let bytes: Int
    }

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
        spent = (0..<max(1, loops)).map { _ in Ring(capacity: 2 * capacity) }
        told = Mutex(Array(repeating: 0, count: max(1, loops)))
        allowance = contentBytes
    }

    /// How many messages lost their contents, since too many bytes were under way.
    package var lostContents: Int { losses.load(ordering: .relaxed) }

    /// The bytes that are under way.
    package var heldBytes: Int { held.load(ordering: .relaxed) }

    /// Asks for room; from any loop, without waiting.
    func reserve(_ bytes: Int) -> Bool {
        guard bytes > 0 else { return true }
        let (before, after) = held.add(bytes, ordering: .relaxed)
        guard after > allowance || after < before else { return true }
        held.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Gives back room.
    func release(_ bytes: Int) {
        if bytes > 0 { held.subtract(bytes, ordering: .relaxed) }
    }

    /// Counts a message whose content found no room.
    func noteLostContent() { losses.add(1, ordering: .relaxed) }

    /// Hands a report over, and the room that it holds, on that loop's thread.
    func report(_ report: ConsoleReport, holding bytes: Int, on loop: Int) {
        if !rings[loop % rings.count].push(Held(report: report, bytes: bytes)) { release(bytes) }
        // A few at a time: nobody waits for it.
        spent[loop % spent.count].take(atMost: 4) { held in
            returning.subtract(held.bytes, ordering: .relaxed)
        }
    }

    package func giveBack(_ spent: consuming [ConsoleReport]) {
        while let report = spent.popLast() {
            guard case .message(let entry, let content) = report else { continue }
            let bytes = entry.bytes + (content?.count ?? 0)
            let total = returning.load(ordering: .relaxed) + bytes
            guard total <= Recorder.maximumReturning else { continue }
            returning.add(bytes, ordering: .relaxed)
            let ring = self.spent[entry.loop % self.spent.count]
            if !ring.push(Held(report: report, bytes: bytes)) {
                returning.subtract(bytes, ordering: .relaxed)
            }
        }
    }

    /// The bytes that may be on their way back at once; what is over is freed where it is.
    private static let maximumReturning = 4 << 20

    package func take() -> [ConsoleReport] {
        var reports: [ConsoleReport] = []
        var drops = 0
        told.withLock { told in
            for (index, ring) in rings.enumerated() {
                ring.take { held in
                    release(held.bytes)
                    reports.append(held.report)
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
