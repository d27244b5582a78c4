internal import BlackholeSMTP

extension ReplyMutation {
    /// The word for it in a rule: the kind's name, with hyphens.
    var keyword: String { String(rawValue.map { $0 == " " ? "-" : $0 }) }

    /// Creates the kind of a word, in any case; nil if there is none.
    init?(keyword: String) {
        let word = keyword.lowercased()
        guard let kind = Self.allCases.first(where: { $0.keyword.lowercased() == word }) else {
            return nil
        }
        self = kind
    }
}
