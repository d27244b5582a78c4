internal import Glibc
internal import Synchronization

/// The charsets with more than one byte for a character that iconv(3) decodes.
///
/// Only these names ever reach it: others have had faults that a message could use (CVE-2024-2961).
enum IconvCharset: String, Sendable {
    case cp932 = "CP932"
    case cp949 = "CP949"
    case big5 = "BIG5-HKSCS"
    case gb18030 = "GB18030"
    case eucJP = "EUC-JP"

    /// The descriptors by which the modules stay loaded, one for each charset that was ever asked for.
    ///
    /// Loading a module takes a hundred times as long as opening a descriptor, and a message may switch at every
    /// word.
    private static let pins = Mutex<[Self: UInt]>([:])

    /// Whether this system can decode it: an image may lack the modules.
    var isAvailable: Bool {
        Self.pins.withLock { pins in
            if pins[self] == nil {
                guard let descriptor = Iconv.open(rawValue) else { return false }
                pins[self] = UInt(bitPattern: descriptor)
            }
            return true
        }
    }

    /// How many bytes at a start that is not valid become one U+FFFD.
    ///
    /// As in the Encoding Standard, a broken character gives back what is ASCII after its first byte.
    fileprivate func invalidLength(at start: ArraySlice<UInt8>) -> Int {
        guard let lead = start.first else { return 0 }
        let length =
            switch (self, lead) {
            case (.cp932, 0x81...0x9F), (.cp932, 0xE0...0xFC): 2
            case (.eucJP, 0x8F): 3
            case (.eucJP, 0x8E), (.eucJP, 0xA1...0xFE): 2
            case (.cp949, 0x81...0xFE), (.big5, 0x81...0xFE), (.gb18030, 0x81...0xFE): 2
            default: 1
            }
        return 1 + start.dropFirst().prefix(length - 1).prefix { $0 >= 0x80 }.count
    }
}

/// A conversion to UTF-8 by iconv(3), begun anew for each text.
struct Iconv: ~Copyable {
    private let charset: IconvCharset
    private let descriptor: iconv_t
    /// How many bytes it converts at once; the room for what they become is enough for any charset.
    private static let piece = 4096
    private static let room = 4 * piece

    init?(_ charset: IconvCharset) {
        guard let descriptor = Self.open(charset.rawValue) else { return nil }
        self.charset = charset
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    fileprivate static func open(_ name: String) -> iconv_t? {
        let descriptor = iconv_open("UTF-8", name)
        return descriptor == iconv_t(bitPattern: -1) ? nil : descriptor
    }

    /// Decodes a whole text.
    borrowing func decode(_ bytes: ArraySlice<UInt8>, into text: inout TextBuilder) {
        decode(bytes, into: &text, invalidLength: charset.invalidLength)
    }

    /// Decodes characters of two bytes, whether they exist or not.
    borrowing func decodePairs(_ bytes: [UInt8], into text: inout TextBuilder) {
        decode(bytes[...], into: &text) { _ in 2 }
    }

    private borrowing func decode(
        _ bytes: ArraySlice<UInt8>, into text: inout TextBuilder,
        invalidLength: (ArraySlice<UInt8>) -> Int
    ) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(Self.piece)
            let (read, flaw) = convert(piece, into: &text)
            rest = rest.dropFirst(read)
            switch flaw {
            case nil: break
            // A character goes on in the next piece.
            case EINVAL where read > 0 && read + rest.count > piece.count: break
            case EINVAL:
                text.repair()
                rest = []
            default:
                text.repair()
                rest = rest.dropFirst(invalidLength(rest))
            }
        }
        flush(into: &text)
    }

    /// Converts as far as the bytes are valid.
    private borrowing func convert(
        _ bytes: ArraySlice<UInt8>, into text: inout TextBuilder
    ) -> (read: Int, flaw: Int32?) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.room) { room in
            bytes.withUnsafeBytes { bytes in
                // iconv(3) does not write there, whatever its type says.
                var input = UnsafeMutablePointer(
                    mutating: bytes.assumingMemoryBound(to: CChar.self).baseAddress)
                var output = room.baseAddress
                var unread = bytes.count
                var unused = room.count
                let status = iconv(descriptor, &input, &unread, &output, &unused)
                let flaw = status == -1 ? errno : nil
                text.append(valid: UnsafeRawBufferPointer(room).dropLast(unused))
                return (bytes.count - unread, flaw)
            }
        }
    }

    /// Writes what waits for a combining mark that has not come.
    private borrowing func flush(into text: inout TextBuilder) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.room) { room in
            var output = room.baseAddress
            var unused = room.count
            iconv(descriptor, nil, nil, &output, &unused)
            text.append(valid: UnsafeRawBufferPointer(room).dropLast(unused))
        }
    }
}
