package import BlackholeInbox
internal import BlackholePipeline

/// A transcript as it is kept: all lines in one block of memory, which become texts when somebody reads
/// them.
package struct KeptTranscript: Sendable {
    /// Of each line its speaker, the count of its bytes in two bytes, and its text.
    private var bytes: [UInt8] = []
    /// The bytes of memory that it holds.
    private(set) var roomBytes = 0
    /// Whether later lines are missing.
    var isCut = false

    private static let headBytes = 3
    private static let leastRoom = 512

    package init() {}

    /// The lines.
    package var transcript: Transcript {
        var lines: [Transcript.Line] = []
        var start = 0
        while start + KeptTranscript.headBytes <= bytes.count {
            let count = Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            let text = start + KeptTranscript.headBytes
            let end = min(bytes.count, text + count)
            lines.append(
                Transcript.Line(
                    speaker: Transcript.Speaker(mark: bytes[start]),
                    text: String(decoding: bytes[text..<end], as: UTF8.self)))
            start = end
        }
        if isCut { lines.append(.init(speaker: .nobody, text: "(the rest is not kept)")) }
        return Transcript(lines)
    }

    /// The bytes of memory that it lacks for a line of so many.
    func growth(for count: Int) -> Int {
        let needed = bytes.count + KeptTranscript.headBytes + count
        guard needed > roomBytes else { return 0 }
        return max(needed, 2 * roomBytes, KeptTranscript.leastRoom) - roomBytes
    }

    mutating func grow(by count: Int) {
        guard count > 0 else { return }
        roomBytes += count
        bytes.reserveCapacity(roomBytes)
    }

    /// Gives up what there is of it.
    mutating func drop() {
        guard roomBytes > 0 else { return }
        self = KeptTranscript()
        isCut = true
    }

    /// Appends a line of less than 64 KiB, for which there is room.
    mutating func append(_ speaker: Transcript.Speaker, _ text: RawSpan, _ end: String) {
        let count = text.byteCount + end.utf8.count
        bytes.append(speaker.mark)
        bytes.append(UInt8(truncatingIfNeeded: count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: count))
        text.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes += end.utf8
    }
}

extension Transcript.Speaker {
    fileprivate var mark: UInt8 {
        switch self {
        case .client: 0x43
        case .server: 0x53
        case .nobody: 0x2D
        }
    }

    fileprivate init(mark: UInt8) {
        self = mark == 0x43 ? .client : mark == 0x53 ? .server : .nobody
    }
}
