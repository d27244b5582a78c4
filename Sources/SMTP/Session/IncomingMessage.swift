package import BlackholePipeline

/// A message whose content has ended.
public struct IncomingMessage: BitwiseCopyable, Sendable {
    /// What the default answer says it is queued as.
    public let id: MessageID
    /// The bytes of its content, without stuffed dots and the dot that ended it.
    public let bytes: Int
    /// The recipients that were accepted.
    public let recipients: Int

    package init(id: MessageID, bytes: Int, recipients: Int) {
        self.id = id
        self.bytes = bytes
        self.recipients = recipients
    }
}

/// The name of a message in the reply that accepts it: 12 characters of 60 random bits.
public struct MessageID: BitwiseCopyable, Sendable, Hashable, CustomStringConvertible {
    private let bits: UInt64

    /// Draws a name.
    package init(_ random: inout RandomSource) {
        bits = random.next()
    }

    /// The name of no message.
    package static var none: MessageID { MessageID(bits: 0) }

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// No vowels: an id spells no word.
    private static let alphabet: StaticString = "0123456789BCDFGHJKLMNPQRSTVWXZbc"

    private func character(_ index: Int) -> UInt8 {
        MessageID.alphabet.utf8Start[Int(bits >> (UInt64(index) * 5) & 31)]
    }

    /// Appends the id's characters to `output`.
    func write(to output: inout ByteQueue) {
        for index in 0..<12 { output.append(character(index)) }
    }

    /// The id's characters.
    public var description: String {
        String(decoding: (0..<12).map(character), as: UTF8.self)
    }
}
