internal import BlackholeHTTP
internal import BlackholeRules

extension RuleBook.Page {
    /// The rules as lines that can be put back, their counts and what settings stand for as comments.
    package var text: String {
        var text = ""
        for (place, row) in rows.enumerated() {
            text += "# \(hits(place).counted("hit"))\n\(row.rule)\n"
        }
        for (index, generated) in generated.enumerated() {
            let count = hits(rows.count + index).counted("hit")
            text += "# by \(generated.origin), \(count): \(generated.rule)\n"
        }
        return text
    }

    /// The rules as JSON.
    package var json: JSON {
        [
            "rules": .array(rows.indices.map { row($0) }),
            "generated": .array(
                generated.enumerated().map { index, rule in
                    [
                        "id": .integer(rule.id), "text": .string(rule.rule.text),
                        "hits": .integer(hits(rows.count + index)),
                        "origin": .string(rule.origin),
                    ]
                }),
        ]
    }

    /// The row at a place as JSON.
    func row(_ place: Int) -> JSON {
        let row = rows[place]
        return [
            "id": .integer(row.id), "name": JSON(row.rule.name), "text": .string(row.rule.text),
            "hits": .integer(hits(place)), "origin": .string(row.origin),
        ]
    }
}

extension RuleBook {
    /// What a client's rules say they come from.
    private static let origin = "http"

    /// Reads all rules of a body: lines, or `{"rules": ["…"]}`.
    static func read(_ body: [UInt8]) throws(Problem) -> [(rule: Rule, origin: String)] {
        var set = RuleSet()
        var fault: RuleFault?
        if body.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            guard let lines = try JSON(reading: body)["rules"]?.strings else {
                throw Problem(400, "'rules' is missing, or is not a list of strings")
            }
            for (index, line) in lines.enumerated() where fault == nil {
                do throws(RuleFault) {
                    try set.append(line, from: RuleSource(origin, line: index + 1))
                } catch {
                    fault = error
                }
            }
        } else {
            guard String(validating: body, as: UTF8.self) != nil else {
                throw Problem(400, "the body is not UTF-8")
            }
            fault = set.read(body, from: origin).first
        }
        if let fault { throw Problem(fault) }
        return set.rules.map { ($0, origin) }
    }
}

extension Problem {
    /// A line that is not a rule.
    init(_ fault: RuleFault) {
        self.init(
            400, fault.error.reason, line: fault.source.line, column: fault.error.column)
    }
}

extension Int {
    /// `1 hit`, `2 hits`.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
