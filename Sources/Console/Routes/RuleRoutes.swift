internal import BlackholeHTTP
internal import BlackholePipeline
internal import BlackholeRules

/// The rules: shown, changed, tried out.
enum RuleRoutes {
    static let list: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let page = call.console.rules.page
        guard call.request.fields["accept"]?.lowercased().contains("application/json") == true
        else {
            var response = HTTPResponse.text(200, page.text)
            response.fields.append("etag", page.tag)
            response.fields.append("vary", "accept")
            return .response(response)
        }
        return .response(.json(page.json, 200, ["etag": page.tag, "vary": "accept"]))
    }

    static let replace: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let rules = try RuleBook.read(call.request.body)
        return show(try change(call) { _ throws(Problem) in rules })
    }

    static let insert: Route.Handler = { call throws(Problem) in
        var query = call.query
        let before = try query.number("before")
        try query.finish()
        let new = try RuleBook.read(call.request.body)
        guard new.count == 1 else { throw Problem(400, "the body is not one rule") }
        var place = 0
        let page = try change(call) { rows throws(Problem) in
            var rules = rows.map { (rule: $0.rule, origin: $0.origin) }
            place = rules.count
            if let before {
                guard let index = rows.firstIndex(where: { $0.id == before }) else {
                    throw Problem(404, "there is no rule \(before)")
                }
                place = index
            }
            rules.insert(contentsOf: new, at: place)
            return rules
        }
        return .response(.json(page.row(place), 201, ["etag": page.tag]))
    }

    static let delete: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let id = Int(digits: try call.capture(0))
        let page = try change(call) { rows throws(Problem) in
            guard rows.contains(where: { $0.id == id }) else {
                throw Problem(404, "there is no such rule")
            }
            return rows.filter { $0.id != id }.map { ($0.rule, $0.origin) }
        }
        return .response(HTTPResponse(204, ["etag": page.tag]))
    }

    static let check: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        var set = RuleSet()
        let faults = set.read(call.request.body, from: "http")
        let errors = faults.map { Problem($0).json }
        let warnings = set.warnings.map { warning in
            Problem(400, warning.message, line: warning.source.line, column: 1).json
        }
        return .response(.json(["errors": .array(errors), "warnings": .array(warnings)]))
    }

    static let explain: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        guard let text = String(validating: call.request.body, as: UTF8.self) else {
            throw Problem(400, "the body is not UTF-8")
        }
        let stage: Stage
        let facts: RuleFacts
        do throws(RuleError) { (stage, facts) = try RuleFacts.parse(text.line) } catch {
            throw Problem(400, error.reason, line: 1, column: error.column)
        }
        let (page, explanation) = call.console.rules.explain(facts, at: stage)
        return .response(.json(page.json(explanation)))
    }

    private static func change(
        _ call: Call, _ change: ([RuleBook.Row]) throws(Problem) -> [(rule: Rule, origin: String)]
    ) throws(Problem) -> RuleBook.Page {
        try call.console.changeRules(ifMatch: call.request.fields["if-match"], change)
    }

    private static func show(_ page: RuleBook.Page) -> ConsoleAnswer {
        .response(.json(page.json, 200, ["etag": page.tag]))
    }
}

extension Console {
    /// Changes the written rules, and tells all streams.
    func changeRules(
        ifMatch tag: String?,
        _ change: ([RuleBook.Row]) throws(Problem) -> [(rule: Rule, origin: String)]
    ) throws(Problem) -> RuleBook.Page {
        guard canChangeRules else { throw Problem(403, "the rules are read-only") }
        let page = try rules.change(ifMatch: tag, change)
        board.noteRules(tag: page.tag)
        return page
    }
}

extension RuleBook.Page {
    /// What the rules would decide: the rule that answers, and why those before it do not.
    fileprivate func json(_ explanation: Explanation) -> JSON {
        let passed = explanation.verdicts.filter { verdict in
            explanation.next.map { verdict.rule < $0 } ?? true
        }
        return [
            "rule": explanation.next.map { anyRow($0) } ?? .null,
            "answer": JSON(explanation.next.flatMap { rule($0)?.outcome.text }),
            "passed": .array(
                passed.map {
                    ["id": JSON.integer(id($0.rule)), "why": .string($0.verdict)]
                }),
        ]
    }

    private func rule(_ place: Int) -> Rule? {
        if place < rows.count { return rows[place].rule }
        let index = place - rows.count
        return index < generated.count ? generated[index].rule : nil
    }

    private func id(_ place: Int) -> Int {
        let all = hitCounts
        return place < all.count ? all[place].id : 0
    }

    /// The row of a written or a generated rule.
    private func anyRow(_ place: Int) -> JSON {
        if place < rows.count { return row(place) }
        guard let rule = rule(place) else { return nil }
        return [
            "id": .integer(id(place)), "name": JSON(rule.name), "text": .string(rule.text),
            "hits": .integer(hits(place)),
            "origin": .string(generated[place - rows.count].origin),
        ]
    }
}

extension Rule.Outcome {
    /// What stands behind the arrow.
    fileprivate var text: String {
        let text = Rule(at: .message, self).description
        return text.firstIndex(of: ">").map { arrow in
            String(text[text.index(after: arrow)...].drop { $0 == " " })
        } ?? text
    }
}

extension String {
    /// The text without the line end at its end.
    fileprivate var line: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
