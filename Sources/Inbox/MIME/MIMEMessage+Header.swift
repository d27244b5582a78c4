extension MIMEMessage {
    /// A field of a header section (RFC 5322 §2.2).
    public struct Header: Sendable, Hashable {
        /// The name, as it was written.
        public let name: String
        /// What follows the colon, with its folds and blanks, without the end of its last line.
        public let rawValue: [UInt8]

        /// The value, unfolded, without the blanks around it; what is not UTF-8 is repaired.
        public var value: String { String(decoding: rawValue[...].unfolded, as: UTF8.self) }

        /// The value with its encoded words in clear (RFC 2047).
        ///
        /// A word that is broken stays as it is. Words side by side are one text. This costs time
        /// linear in the size of the value, each time.
        public var decoded: String { EncodedWords.decode(rawValue[...].unfolded) }
    }

    /// The header fields, in their order.
    public var headers: [Header] { root.headers }

    /// The value of the first header field of a name, in any case, decoded (RFC 2047); nil if there is
    /// none.
    public subscript(name: String) -> String? {
        root.fields(name.lowercased()).first.map { EncodedWords.decode(root.value(of: $0)) }
    }

    /// The first Subject, decoded; empty if there is none.
    public var subject: String { self["subject"] ?? "" }

    /// What identifies the message, without angle brackets (RFC 5322 §3.6.4); nil if there is none.
    public var messageID: String? { root.identifier("message-id") }

    /// The date that the first Date field names; nil if there is none or if it cannot be read.
    public var date: Date? {
        root.fields("date").first.flatMap { DateReader.read(root.value(of: $0)) }
    }
}
