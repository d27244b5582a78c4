internal import BlackholeHTTP
internal import BlackholePipeline

/// By how much the clocks of a place are ahead of UTC, and since when (RFC 9636).
package struct TimeZoneOffsets: Sendable, Equatable {
    /// The seconds of UTC at which it changes, in order, and the offset from then on.
    private var changes: [(at: Int64, offset: Int64)] = []
    /// The offset before the first change.
    private var first: Int64 = 0

    /// The clocks of Greenwich, without summers.
    package static let utc = TimeZoneOffsets()

    private init() {}

    /// Reads the zone of a name: `Europe/Berlin`; throws if the system does not know it.
    package init(named name: String) throws(Problem) {
        let isPath = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "_+-/".utf8.contains(byte)
            }
        }
        guard isPath, !name.hasPrefix("/"), name.utf8.count <= 64,
            let file = try? RegularFile("/usr/share/zoneinfo/\(name)", most: 1 << 16),
            let zone = TimeZoneOffsets(file.bytes)
        else {
            if ["UTC", "GMT"].contains(name) { return }
            throw Problem(400, "there is no time zone '\(name)' on this system")
        }
        self = zone
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.first == right.first && left.changes.elementsEqual(right.changes) { $0 == $1 }
    }

    /// The time in UTC of a time of these clocks, both in seconds.
    ///
    /// Of the two that an hour has in autumn it is the first; one that is left out in spring is taken
    /// as if it were not.
    package func utc(of local: Int64) -> Int64 {
        var offset = first
        for change in changes {
            guard change.at + min(offset, change.offset) <= local - max(0, offset - change.offset)
            else { break }
            offset = change.offset
        }
        return local - offset
    }

    /// Reads a file of zone information, the first block of it.
    init?(_ file: [UInt8]) {
        guard file.starts(with: "TZif".utf8), var reader = Reader(file, at: 20),
            let counts = reader.numbers(6, of: 4), counts.allSatisfy({ 0...5000 ~= $0 })
        else { return nil }
        let (times, types) = (Int(counts[3]), Int(counts[4]))
        guard let changes = reader.numbers(times, of: 4), let kinds = reader.numbers(times, of: 1)
        else { return nil }
        var offsets: [Int64] = []
        for _ in 0..<types {
            guard let offset = reader.numbers(1, of: 4), reader.numbers(2, of: 1) != nil else {
                return nil
            }
            offsets += offset
        }
        first = offsets.first ?? 0
        for (at, kind) in zip(changes, kinds) {
            guard offsets.indices.contains(Int(kind)) else { return nil }
            self.changes.append((at, offsets[Int(kind)]))
        }
    }

    /// Reads big-endian numbers.
    private struct Reader {
        private var rest: ArraySlice<UInt8>

        init?(_ bytes: [UInt8], at start: Int) {
            guard start <= bytes.count else { return nil }
            rest = bytes[start...]
        }

        /// So many numbers of so many bytes each; those of more than one are signed.
        mutating func numbers(_ count: Int, of bytes: Int) -> [Int64]? {
            guard rest.count >= count * bytes else { return nil }
            return (0..<count).map { _ in
                let number = rest.prefix(bytes).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                rest.removeFirst(bytes)
                return bytes == 4 ? Int64(Int32(bitPattern: number)) : Int64(number)
            }
        }
    }
}
