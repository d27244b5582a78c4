/// What the original does at AUTH, VRFY and EXPN, as rules.
///
/// The original said the argument of VRFY back. No byte of a peer's is ever said back here, so the
/// reply names the same mailbox whatever was asked for (RFC 5321 §3.5.2 wants one).
enum Quirks {
    /// The rules, in order.
    static let ruleTexts =
        [
            "auth user=*fail=* -> 535 5.7.8 Authentication failed",
            "auth password=*fail=* -> 535 5.7.8 Authentication failed",
            "vrfy arg=*pass=* -> 250 2.0.0 <pass@{host}> OK",
            "vrfy arg=*fail=* -> 550 5.7.1 User unknown",
        ]
        + MailingList.allCases.flatMap { list in
            [list.rawValue, "<\(list.rawValue)>"].map { "expn arg=\($0) -> \(list.reply)" }
        } + ["expn -> 550 5.7.1 Not authorised"]
}

/// The mailing lists that EXPN knows: those of the original.
private enum MailingList: String, CaseIterable {
    case list1, list2, list3, all

    /// The full names of the members.
    private var members: [String] {
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

    /// The reply that names a mailbox a line, as RFC 5321 §3.5.2 has it.
    var reply: String {
        let lines = members.map { name in
            "\(name) <\(name.lowercased().replacing(" ", with: "."))@{host}>"
        }
        return "250 " + lines.map { "2.0.0 \($0)" }.joined(separator: "\\n")
    }
}
