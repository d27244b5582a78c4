internal import BlackholeHTTP
internal import BlackholePipeline
package import BlackholeRules
internal import Synchronization

/// The rules in force, as the console shows and changes them: those that somebody has written, each with
/// an id, and those that settings stand for.
///
/// An id is never used again, and a rule that other rules come around keeps it. Each change has a
/// version, so that nobody undoes another's change unawares.
package final class RuleBook: Sendable {
    /// A rule that somebody has written.
    package struct Row: Sendable {
        package let id: Int
        package let rule: Rule
        /// Where it was written.
        package let origin: String
    }

    /// A rule that settings stand for.
    package struct GeneratedRule: Sendable {
        /// A number that no other rule has.
        package fileprivate(set) var id = 0
        package let rule: Rule
        /// The setting.
        package let origin: String

        package init(_ rule: Rule, origin: String) {
            self.rule = rule
            self.origin = origin
        }
    }

    /// All rules at one time.
    package struct Page: Sendable {
        /// What has changed with each change (RFC 9110 §8.8.3).
        package let tag: String
        /// Those that were written, in order.
        package let rows: [Row]
        /// Those that come behind them.
        package let generated: [GeneratedRule]
        /// What they were compiled to.
        let program: RuleProgram
        /// What has fired, by labels, with the rules that are gone.
        fileprivate let labels: RuleHits

        /// How often a rule has fired, by its place among all.
        func hits(_ place: Int) -> Int {
            guard program.tallies.indices.contains(place) else { return 0 }
            return Int(clamping: program.tallies[place].fires)
        }

        /// The labels of rules in metrics, with how often they have fired since the start.
        package var hitsByLabel: [(label: String, hits: UInt64)] { labels.counts }

        /// The rules that have one latch, whether it holds now.
        var latches: [(label: String, isHeld: Bool)] { labels.latches(at: .now) }

        /// How many rules have no label of their own, since there are too many.
        package var rulesCutOff: Int { labels.cutOff }

        /// The codes that the rules reply with.
        package var codes: Set<UInt16> {
            Set(
                program.rules.flatMap(\.outcome.alternatives).flatMap(\.steps).compactMap {
                    if case .reply(let template) = $0 { template.code } else { nil }
                })
        }

        /// How often each rule has fired.
        var hitCounts: [(id: Int, hits: Int)] {
            (rows.map(\.id) + generated.map(\.id)).enumerated().map { ($1, hits($0)) }
        }
    }

    /// Compiles rules with their ids: those written, and behind them those of settings.
    package typealias Compiler = @Sendable ([Rule], [Int]) -> RuleProgram

    private let inForce: RulesInForce
    private let run = Board.newRun
    private let state: Mutex<State>

    fileprivate struct State {
        var rows: [Row] = []
        var generated: [GeneratedRule] = []
        var lists: [String: AddressList]
        var compile: Compiler
        var program: RuleProgram
        var version = 0
        var lastID = 0
        var labels = RuleHits()
        /// Whether clients have changed rules since the configuration was read.
        var isChanged = false
    }

    /// Makes the book of rules that are in force.
    ///
    /// - Parameters:
    ///   - written: those that somebody has written.
    ///   - generated: those that settings stand for.
    ///   - lists: the files that rules name.
    ///   - inForce: where connections take rules from; a change puts others there.
    ///   - compile: makes a program of both, in this order.
    package init(
        _ written: RuleSet, generated: [GeneratedRule] = [], lists: [String: AddressList] = [:],
        inForce: RulesInForce, compile: @escaping Compiler
    ) {
        self.inForce = inForce
        state = Mutex(
            State(lists: lists, compile: compile, program: inForce.program))
        state.withLock { state in
            for entry in written.entries { state.append(entry.rule, "\(entry.source)") }
            state.put(generated)
            state.label()
        }
    }

    /// The rules as they are now.
    package var page: Page { state.withLock { page(of: $0) } }

    /// Puts the rules of a reloaded configuration in force, which undoes all that was changed here.
    ///
    /// - Returns: whether anything was.
    package func reload(
        _ written: RuleSet, generated: [GeneratedRule], lists: [String: AddressList],
        compile: @escaping Compiler
    ) -> Bool {
        state.withLock { state in
            defer { state.isChanged = false }
            state.put(generated)
            state.lists = lists
            state.compile = compile
            state.put(written.entries.map { ($0.rule, "\($0.source)") })
            publish(&state)
            return state.isChanged
        }
    }

    /// Changes the written rules: all at once, or not at all.
    ///
    /// - Parameters:
    ///   - tag: the version that the client has seen; nil if it does not care.
    ///   - change: gets the rows, and returns the rules that there shall be, each with its origin.
    package func change(
        ifMatch tag: String?, _ change: ([Row]) throws(Problem) -> [(rule: Rule, origin: String)]
    ) throws(Problem) -> Page {
        try state.withLock { (state) throws(Problem) in
            if let tag, !state.matches(tag, run) {
                throw Problem(412, "the rules have changed since: read them again")
            }
            let rules = try change(state.rows)
            try RuleBook.checkNames(rules.compactMap(\.rule.name))
            state.put(rules)
            state.isChanged = true
            publish(&state)
            return page(of: state)
        }
    }

    /// Explains what the rules would decide; nothing is counted.
    func explain(_ facts: RuleFacts, at stage: Stage) -> (Page, Explanation) {
        let (now, lists) = state.withLock { (page(of: $0), $0.lists) }
        return (now, now.program.explain(facts, at: stage, lists: lists))
    }

    private func page(of state: State) -> Page {
        Page(
            tag: state.tag(run), rows: state.rows, generated: state.generated,
            program: state.program, labels: state.labels)
    }

    private func publish(_ state: inout State) {
        state.program = state.compile(
            state.rows.map(\.rule) + state.generated.map(\.rule),
            state.rows.map(\.id) + state.generated.map(\.id))
        state.label()
        state.version += 1
        inForce.replace(by: state.program)
    }

    private static func checkNames(_ all: [String]) throws(Problem) {
        var names: Set<String> = []
        for name in all {
            guard names.insert(name).inserted else {
                throw Problem(400, "the name '\(name)' is used twice")
            }
        }
    }
}

extension RuleBook.State {
    /// The version as an entity tag (RFC 9110 §8.8.3).
    fileprivate func tag(_ run: String) -> String { "\"\(run)-\(version)\"" }

    /// Whether a field If-Match names this version (RFC 9110 §13.1.1).
    fileprivate func matches(_ tags: String, _ run: String) -> Bool {
        tags.split(separator: ",").contains { tag in
            let tag = tag.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == self.tag(run)
        }
    }

    /// Has the rules' hits counted by their names, or their ids.
    fileprivate mutating func label() {
        let names =
            rows.map { $0.rule.name ?? "\($0.id)" }
            + generated.map { $0.rule.name ?? "\($0.id)" }
        labels.count(zip(names, program.tallies).map { ($0, $1) })
    }

    fileprivate mutating func append(_ rule: Rule, _ origin: String) {
        lastID += 1
        rows.append(RuleBook.Row(id: lastID, rule: rule, origin: origin))
    }

    /// Replaces what settings stand for; a rule that was there before keeps its id.
    fileprivate mutating func put(_ rules: [RuleBook.GeneratedRule]) {
        var old = Dictionary(grouping: generated.reversed(), by: \.rule)
        generated = rules.map { rule in
            var rule = rule
            if let earlier = old[rule.rule]?.popLast() {
                rule.id = earlier.id
            } else {
                lastID += 1
                rule.id = lastID
            }
            return rule
        }
    }

    /// Replaces all rows; a rule that was there before keeps its id, and its origin.
    fileprivate mutating func put(_ rules: [(rule: Rule, origin: String)]) {
        var old: [Rule: [RuleBook.Row]] = [:]
        for row in rows.reversed() { old[row.rule, default: []].append(row) }
        rows = []
        for (rule, origin) in rules {
            if let row = old[rule]?.popLast() {
                rows.append(row)
            } else {
                append(rule, origin)
            }
        }
    }
}
