package import BlackholePipeline
internal import Histogram

/// How a session or a message may fail.
package enum Failure: Int, CaseIterable, Sendable {
    /// No connection.
    case connect
    /// The connection broke, or ended where it should not.
    case reset
    /// A reply that is none, or another than was wanted.
    case reply
    /// No reply in time.
    case timeout
    /// TLS failed.
    case tls

    package var name: String { "\(self)" }
}

/// What a loop has counted and measured.
///
/// Written on the loop's thread alone, and read when that is gone.
package struct Tally: ~Copyable {
    /// Messages that the server has taken.
    package var messages = 0
    /// Messages begun, whatever became of them.
    package var begun = 0
    /// Sessions that ended in order.
    package var sessions = 0
    package var fullHandshakes = 0
    package var resumedHandshakes = 0
    /// When the last message ended.
    package var lastEnd = Instant(nanoseconds: .min)
    package var replyLatency = Latency()
    package var messageLatency = Latency()
    package var connectLatency = Latency()
    package var handshakeLatency = Latency()
    private var failures = [Int](repeating: 0, count: Failure.allCases.count)
    /// What was said at the first of each kind.
    private var firstFailures = [String?](repeating: nil, count: Failure.allCases.count)
    private let replies: UnsafeMutablePointer<Int>
    private static let maximumCodes = 600

    package init() {
        replies = .allocate(capacity: Tally.maximumCodes)
        replies.initialize(repeating: 0, count: Tally.maximumCodes)
    }

    deinit {
        replies.deallocate()
    }

    package mutating func count(reply code: Int) {
        precondition(code >= 0 && code < Tally.maximumCodes, "a code has its place")
        replies[code] += 1
    }

    package mutating func count(_ failure: Failure, _ text: @autoclosure () -> String) {
        failures[failure.rawValue] += 1
        guard firstFailures[failure.rawValue] == nil else { return }
        let line = text().prefix { !$0.isNewline }
        firstFailures[failure.rawValue] = String(line.prefix(Tally.maximumCharacters))
    }

    /// The most of a failure's text that is kept: a server may say much.
    private static let maximumCharacters = 300

    package subscript(_ failure: Failure) -> Int { failures[failure.rawValue] }

    package func first(_ failure: Failure) -> String? { firstFailures[failure.rawValue] }

    package func replies(_ code: Int) -> Int { replies[code] }

    /// The codes that have come.
    package var codes: [Int] { (0..<Tally.maximumCodes).filter { replies[$0] > 0 } }

    package var failuresInAll: Int { failures.reduce(0, +) }

    /// Adds what another loop has.
    package mutating func add(_ other: borrowing Tally) {
        messages += other.messages
        begun += other.begun
        sessions += other.sessions
        fullHandshakes += other.fullHandshakes
        resumedHandshakes += other.resumedHandshakes
        lastEnd = max(lastEnd, other.lastEnd)
        replyLatency.add(other.replyLatency)
        messageLatency.add(other.messageLatency)
        connectLatency.add(other.connectLatency)
        handshakeLatency.add(other.handshakeLatency)
        for index in failures.indices {
            failures[index] += other.failures[index]
            firstFailures[index] = firstFailures[index] ?? other.firstFailures[index]
        }
        for code in 0..<Tally.maximumCodes { replies[code] += other.replies[code] }
    }
}

/// How long something took, each time: a histogram of nanoseconds, exact to a thousandth.
package struct Latency: Sendable {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: maximumNanoseconds, numberOfSignificantValueDigits: .three)
    /// An hour: what is longer counts as that.
    private static let maximumNanoseconds: UInt64 = 3_600_000_000_000

    package init() {}

    package mutating func record(from start: Instant, to end: Instant) {
        // What was ready before the turn in which it was asked for began took no time.
        let nanoseconds = UInt64(clamping: end.nanoseconds &- start.nanoseconds)
        histogram.record(min(nanoseconds, Latency.maximumNanoseconds))
    }

    package mutating func add(_ other: Latency) { histogram.add(other.histogram) }

    package var count: Int { Int(histogram.totalCount) }

    /// The time that so many hundredths of all took at the most, in microseconds.
    package func microseconds(percentile: Double) -> Double {
        count == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1000
    }
}
