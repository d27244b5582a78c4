internal import BlackholeSMTP

/// The mailing lists that EXPN knows: those of the original.
enum MailingList: String, CaseIterable, Sendable {
    case list1, list2, list3, all

    /// The full names of the members.
    var members: [String] {
        switch self {
        case .list1: ["Shadow", "Wednesday", "Low-key Liesmith"]
        case .list2: ["Jim Holden", "Naomi Nagata", "Alex Kamal", "Amos Burton"]
        case .list3:
            [
                "Takeshi Kovacs", "Laurens Bancroft", "Kristin Ortega", "Quellcrist Falconer",
                "Virginia Vidaura", "Reileen Kawahara",
            ]
        case .all: MailingList.list1.members + MailingList.list2.members + MailingList.list3.members
        }
    }

    /// The list that an argument of EXPN names, in any case, in angle brackets or not.
    init?(_ argument: RawSpan) {
        let name = argument.withUnsafeBytes { bytes in
            let isBracketed = bytes.first == UInt8(ascii: "<") && bytes.last == UInt8(ascii: ">")
            return bytes.dropFirst(isBracketed ? 1 : 0).dropLast(isBracketed ? 1 : 0)
                .prefix(8).map(\.smallLetter)
        }
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }

    /// The reply that names a mailbox a line, as RFC 5321 §3.5.2 has it.
    func reply(hostName: String) -> Reply {
        let lines = members.map { name in
            let localPart = name.lowercased().replacing(" ", with: ".")
            return "\(name) <\(localPart)@\(hostName)>"
        }
        return Reply(250, EnhancedCode(2, 0, 0), made: lines.joined(separator: "\n"))
    }
}
