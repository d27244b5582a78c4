/// Texts found by their hash, in any case of ASCII letters: each has a number, from 1.
///
/// A look-up allocates nothing, and costs the same however many texts there are.
struct TextIndex: Sendable {
    /// All texts in small letters, one after another.
    private var bytes: [UInt8] = []
    /// Where each text begins, and where the last one ends.
    private var starts: [Int] = [0]
    /// Numbers at the places of their hashes, with linear probing; 0 where a place is free.
    private var places: [UInt32] = []

    /// How many texts there are.
    var count: Int { starts.count - 1 }
    /// Whether there is no text.
    var isEmpty: Bool { count == 0 }

    /// Returns the number of a text, a new one if the text is not there.
    mutating func insert(_ text: some Collection<UInt8>) -> UInt32 {
        let text = text.map(\.small)
        let found = find(text.span.bytes)
        if found > 0 { return found }
        bytes += text
        starts.append(bytes.count)
        if count * 4 > places.count * 3 {
            resize(to: max(16, places.count * 2))
        } else {
            enter(UInt32(count))
        }
        return UInt32(count)
    }

    /// Returns the number of a text; 0 if it is not there.
    func find(_ text: RawSpan) -> UInt32 {
        guard !places.isEmpty else { return 0 }
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: TextIndex.hash(text)) & mask
        while places[place] > 0 {
            if isEqual(text, to: Int(places[place])) { return places[place] }
            place = (place + 1) & mask
        }
        return 0
    }

    private func isEqual(_ text: RawSpan, to number: Int) -> Bool {
        let start = starts[number - 1]
        guard starts[number] - start == text.byteCount else { return false }
        let own = bytes.span.bytes.extracting(start..<starts[number])
        var offset = 0
        while offset < text.byteCount {
            guard own.foldedWord(at: offset) == text.foldedWord(at: offset) else { return false }
            offset += 8
        }
        return true
    }

    private mutating func resize(to size: Int) {
        places = Array(repeating: 0, count: size)
        for number in 1...count { enter(UInt32(number)) }
    }

    private mutating func enter(_ number: UInt32) {
        let range = starts[Int(number) - 1]..<starts[Int(number)]
        let hash = TextIndex.hash(bytes.span.bytes.extracting(range))
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] > 0 { place = (place + 1) & (places.count - 1) }
        places[place] = number
    }

    /// Hashes eight bytes at a time.
    ///
    /// It needs no secret: only the operator adds texts.
    private static func hash(_ text: RawSpan) -> UInt64 {
        var hash = UInt64(text.byteCount) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset < text.byteCount {
            hash = (hash ^ text.foldedWord(at: offset)) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
            offset += 8
        }
        return hash ^ hash >> 29
    }
}

extension RawSpan {
    /// Up to eight bytes from `offset`, ASCII letters in small; zeros after the end.
    fileprivate func foldedWord(at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        if offset + 8 <= byteCount {
            word = UInt64(
                littleEndian: unsafeLoadUnaligned(
                    fromUncheckedByteOffset: offset, as: UInt64.self))
        } else {
            for place in offset..<byteCount {
                let byte = unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                word |= UInt64(byte) << (8 * UInt64(place - offset))
            }
        }
        let lows = word & 0x7F7F_7F7F_7F7F_7F7F
        let letters =
            (lows &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(lows &+ 0x2525_2525_2525_2525) & ~word
            & 0x8080_8080_8080_8080
        return word | letters >> 2
    }
}
