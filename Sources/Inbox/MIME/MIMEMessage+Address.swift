extension MIMEMessage {
    /// A mailbox of an address field (RFC 5322 §3.4).
    public struct Address: Sendable, Hashable {
        /// The display name, decoded, without quotes; empty if there is none.
        public let name: String
        /// `local@domain` without comments and blanks; quotes that the local part has stay.
        ///
        /// Where the field is broken it is whatever stands in the place of one, and may be empty.
        public let address: String

        /// Creates an address, to compare others with.
        public init(name: String = "", _ address: String) {
            self.name = name
            self.address = address
        }
    }

    /// The mailboxes of the first From field.
    public var from: [Address] { addresses("from") }
    /// The mailbox of the first Sender field.
    public var sender: Address? { addresses("sender").first }
    /// The mailboxes of all Reply-To fields.
    public var replyTo: [Address] { addresses("reply-to") }
    /// The mailboxes of all To fields, those within groups included.
    public var to: [Address] { addresses("to") }
    /// The mailboxes of all Cc fields.
    public var cc: [Address] { addresses("cc") }
    /// The mailboxes of all Bcc fields.
    public var bcc: [Address] { addresses("bcc") }

    private func addresses(_ name: String) -> [Address] {
        var defects: Defects = []
        return addresses(name, &defects)
    }

    func addresses(_ name: String, _ defects: inout Defects) -> [Address] {
        var fields = root.fields(name)
        if name == "from" || name == "sender" { fields = Array(fields.prefix(1)) }
        var addresses: [Address] = []
        for field in fields {
            var reader = AddressReader(
                root.value(of: field), limit: limits.addresses - addresses.count)
            addresses += reader.read(&defects)
        }
        return addresses
    }
}

extension MIMEMessage.Address: CustomStringConvertible {
    /// `Ann Example <ann@example.org>`, or the address alone.
    public var description: String { name.isEmpty ? address : "\(name) <\(address)>" }
}
