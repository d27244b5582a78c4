/// An enhanced status code, `class.subject.detail` (RFC 3463).
public struct EnhancedCode: BitwiseCopyable, Sendable, Hashable, CustomStringConvertible {
    /// 2 for success, 4 for a transient and 5 for a permanent failure.
    public let category: UInt8
    /// What it is about: 1 the address, 2 the mailbox, 3 the system, 4 the network, 5 the
    /// protocol, 6 the content, 7 policy.
    public let subject: UInt16
    /// What precisely.
    public let detail: UInt16

    /// Makes a code; the class must be 2, 4 or 5, and the rest at most 999.
    @inlinable
    public init(_ category: UInt8, _ subject: UInt16, _ detail: UInt16) {
        precondition(category == 2 || category == 4 || category == 5, "a class is 2, 4 or 5")
        precondition(subject <= 999 && detail <= 999, "a subject or detail has 3 digits at most")
        self.category = category
        self.subject = subject
        self.detail = detail
    }

    /// Reads `5.1.1`; nil where it is no such code, with a sign or a leading zero say.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count <= 3 }),
            let category = UInt8(parts[0]), let subject = UInt16(parts[1]),
            let detail = UInt16(parts[2]), category == 2 || category == 4 || category == 5
        else { return nil }
        self.init(category, subject, detail)
        guard description == text else { return nil }
    }

    /// `5.1.1`.
    public var description: String { "\(category).\(subject).\(detail)" }
}
