/// Hashes what a rule counts by to 64 bits that no client can predict: SipHash-1-3 under a secret.
///
/// Each piece is framed by its kind and length, so ("ab", "c") is another key than ("a", "bc"). The
/// message is whole 64-bit words, which is SipHash's own block: nothing is buffered.
package struct KeyHasher: Sendable, BitwiseCopyable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var words: UInt64 = 0

    /// The key of a hash function.
    package struct Secret: Sendable, BitwiseCopyable {
        package let halves: (UInt64, UInt64)

        /// Creates a known secret.
        package init(_ first: UInt64, _ second: UInt64) {
            halves = (first, second)
        }

        /// Returns a secret from the operating system's random source.
        package static func random() -> Secret {
            var source = SystemRandomNumberGenerator()
            return Secret(source.next(), source.next())
        }
    }

    /// Begins a hash.
    package init(_ secret: Secret) {
        let (first, second) = secret.halves
        v0 = first ^ 0x736F_6D65_7073_6575
        v1 = second ^ 0x646F_7261_6E64_6F6D
        v2 = first ^ 0x6C79_6765_6E65_7261
        v3 = second ^ 0x7465_6462_7974_6573
    }

    /// Begins the key of a `per=`, whose parts are added in the order of ``KeyParts``.
    package init(_ secret: Secret, for parts: KeyParts) {
        self.init(secret)
        add(UInt64(parts.rawValue))
    }

    /// Adds a word.
    package mutating func add(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
        words &+= 1
    }

    /// Adds the UTF-8 of a text, framed.
    package mutating func add(utf8 text: String) {
        addFramed(text.utf8.span.bytes, kind: 0, foldsCase: false)
    }

    /// Adds bytes that count as they are: the name of a user.
    package mutating func add(_ part: KeyParts, _ bytes: RawSpan) {
        addFramed(bytes, kind: part.rawValue, foldsCase: false)
    }

    /// Adds bytes whose ASCII letters count without their case: an address, a domain.
    package mutating func add(_ part: KeyParts, foldingCaseOf bytes: RawSpan) {
        addFramed(bytes, kind: part.rawValue, foldsCase: true)
    }

    /// Adds a number: that of a connection or a listener.
    package mutating func add(_ part: KeyParts, number: UInt64) {
        addFrame(part.rawValue, length: 8)
        add(number)
    }

    /// Adds a part that is absent: another key than an empty one.
    package mutating func addNone(_ part: KeyParts) {
        addFrame(part.rawValue, length: 0xFFFF_FFFF)
    }

    /// The key of all that was added.
    package func finished() -> TallyKey {
        var copy = self
        // The length in bytes, in the top byte of the last word.
        let end = copy.words << 59
        copy.v3 ^= end
        copy.round()
        copy.v0 ^= end
        copy.v2 ^= 0xFF
        copy.round()
        copy.round()
        copy.round()
        return TallyKey(bits: copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3)
    }

    mutating func addFrame(_ kind: UInt16, length: Int) {
        add(UInt64(kind) << 48 | UInt64(length))
    }

    mutating func addFramed(_ bytes: RawSpan, kind: UInt16, foldsCase: Bool) {
        addFrame(kind, length: bytes.byteCount)
        var offset = 0
        while offset < bytes.byteCount {
            let word = bytes.word(at: offset)
            add(foldsCase ? word.lowercasedASCII : word)
            offset += 8
        }
    }

    private mutating func round() {
        v0 &+= v1
        v2 &+= v3
        v1 = v1.rotated(by: 13) ^ v0
        v3 = v3.rotated(by: 16) ^ v2
        v0 = v0.rotated(by: 32)
        v2 &+= v1
        v0 &+= v3
        v1 = v1.rotated(by: 17) ^ v2
        v3 = v3.rotated(by: 21) ^ v0
        v2 = v2.rotated(by: 32)
    }
}

/// What a rule counts by, hashed.
///
/// Of a million keys, two share their 64 bits once in about 37 million runs. Without the secret a
/// client cannot search for such a pair. If it happens, two clients count as one, and no more.
package struct TallyKey: Hashable, Sendable, BitwiseCopyable {
    package let bits: UInt64
}

extension RawSpan {
    /// Up to eight bytes from `offset`, the first one lowest; zeros after the end.
    fileprivate func word(at offset: Int) -> UInt64 {
        if offset + 8 <= byteCount {
            return UInt64(
                littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        var word: UInt64 = 0
        for place in offset..<byteCount {
            let byte = unsafeLoad(fromByteOffset: place, as: UInt8.self)
            word |= UInt64(byte) << (8 * UInt64(place - offset))
        }
        return word
    }
}

extension UInt64 {
    fileprivate func rotated(by count: UInt64) -> UInt64 {
        self &<< count | self &>> (64 - count)
    }

    /// The eight bytes with A to Z as a to z.
    fileprivate var lowercasedASCII: UInt64 {
        let lows = self & 0x7F7F_7F7F_7F7F_7F7F
        // The top bit of each byte: at least "A", and not more than "Z".
        let atLeastA = lows &+ 0x3F3F_3F3F_3F3F_3F3F
        let aboveZ = lows &+ 0x2525_2525_2525_2525
        let letters = atLeastA & ~aboveZ & ~self & 0x8080_8080_8080_8080
        return self | letters >> 2
    }
}
