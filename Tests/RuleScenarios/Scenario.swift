internal import BlackholePipeline
package import BlackholeRules
internal import BlackholeSMTP

/// Clients of a program and of the naive interpreter, side by side.
///
/// It is a value of its seed, so that a fuzzer can run it, too.
package struct Scenario {
    private var generator: ScenarioGenerator
    private let rules: [Rule]
    private let world: NaiveWorld
    private let source: RulesInForce
    private let bags: RulesInForce
    private let clients: [Pair]
    private var number: UInt64 = 0
    /// What was done, for the report of a difference.
    private var log: [String] = []

    /// Creates the scenario of a seed, which makes the rules, too.
    package init(seed: UInt64) {
        var generator = ScenarioGenerator(seed: seed)
        let rules = generator.rules()
        self.init(rules, generator, seed: seed)
    }

    /// Creates the scenario of some rules, in which a seed says what clients do.
    ///
    /// - Precondition: nothing in the rules is the run's own: no `{id}` and no `{date}`.
    package init(_ rules: [Rule], seed: UInt64) {
        self.init(rules, ScenarioGenerator(seed: seed), seed: seed)
    }

    private init(_ rules: [Rule], _ generator: ScenarioGenerator, seed: UInt64) {
        self.generator = generator
        self.rules = rules
        let lists = ScenarioGenerator.lists
        let program = RuleProgram(
            rules, Tallies(known: seed), host: "mx.example", lists: lists)
        world = NaiveWorld(rules, seed: seed, host: "mx.example", lists: lists)
        source = RulesInForce(program)
        bags = RulesInForce(RuleProgram([], Tallies(known: 1)))
        clients = (0..<3).map { _ in Pair() }
    }

    /// One client, as each side sees it.
    private final class Pair {
        var program = Loopback(seed: 7)
        var naive = Loopback(seed: 7)
        var isOpen = false
        /// What the program has replied last.
        var reply = ""
        let sessions = Sessions()
    }

    private final class Sessions: @unchecked Sendable {
        weak var program: RuleSession?
        weak var naive: NaiveSession?
    }

    /// Runs steps until both sides differ; nil if they never do.
    package mutating func difference(steps: Int) -> String? {
        for _ in 0..<steps {
            if let difference = step() {
                return "\(rules.map(\.description).joined(separator: "\n"))\n\n"
                    + "\(log.suffix(40).joined(separator: "\n"))\n\(difference)"
            }
        }
        return nil
    }

    private mutating func step() -> String? {
        if generator.chance(6) {
            let time = Duration.milliseconds(
                generator.pick([1, 100, 900, 5_000, 20_000, 61_000]))
            log.append("wait \(time)")
            for client in clients {
                client.program.advance(by: time)
                client.naive.advance(by: time)
            }
            for client in clients {
                if let difference = compare(client) { return difference }
            }
            return nil
        }
        let client = generator.pick(clients)
        if !client.isOpen || client.program.closing != nil || generator.chance(25) {
            connect(client)
        } else {
            for text in commands() {
                // Content only where it is asked for.
                if text.hasSuffix("\r\n.\r\n"), !client.reply.hasPrefix("354") { break }
                log.append("> \(text.debugDescription)")
                let size = generator.pick([1, 3, 1_000])
                client.program.send(text, inPiecesOf: size)
                client.naive.send(text, inPiecesOf: size)
                if let difference = compare(client) { return difference }
            }
        }
        return compare(client)
    }

    private mutating func connect(_ client: Pair) {
        number += 1
        client.isOpen = true
        let peer: NetworkAddress = generator.pick([
            .ipv4(0xC000_0207, port: 1), .ipv4(0xC000_0208, port: 2), .ipv4(0xC000_0307, port: 3),
            .ipv6(0x2001_0DB8_0000_0000, 7, port: 1, scope: 0),
        ])
        let connection = RuleConnection(
            peer: peer, listener: generator.pick([":25", ":587"]),
            tls: generator.pick([nil, "TLSv1.2", "TLSv1.3"]),
            serverName: generator.pick([nil, "a", "c.example"]), number: number)
        log.append("connect \(connection)")
        let (source, bags, world) = (source, bags, world)
        let settings = Scenario.settings
        let sessions = client.sessions
        client.program.open { _ in
            let session = RuleSession(source, connection)
            sessions.program = session
            return RuleLayer(session) {
                LineFraming {
                    DataDiscard {
                        RuleCommands(session) {
                            SMTPSession(settings, RuleResponder(session, NoRequests()))
                        }
                    }
                }
            }
        }
        client.naive.open { _ in
            let session = NaiveSession(world, connection, RuleSession(bags, connection))
            sessions.naive = session
            return RuleLayer(session.bag) {
                LineFraming {
                    DataDiscard {
                        RuleCommands(session.bag) {
                            SMTPSession(settings, NaiveResponder(session: session))
                        }
                    }
                }
            }
        }
    }

    private static let settings = SessionSettings(
        hostName: "mx.example", isLenient: false, authentication: .offered,
        ignoresUnknownParameters: true)

    /// A command, or a whole message.
    private mutating func commands() -> [String] {
        guard generator.chance(2) else { return command(generator.number(0...15)) }
        var commands = generator.chance(3) ? command(1) + command(3) : []
        commands += command(4)
        for _ in 0..<generator.number(1...3) { commands += command(7) }
        return commands + command(generator.pick([11, 13, 14, 14, 14]))
    }

    private mutating func command(_ kind: Int) -> [String] {
        let sender = generator.pick(ScenarioGenerator.senders)
        let recipient = generator.pick(ScenarioGenerator.recipients)
        let content = generator.pick([
            "", "x\r\n", "X-A: a\r\nSubject: hello\r\n world\r\n\r\nbody\r\n",
            "Received: x\r\nReceived: y\r\nx-a: evil one\r\n\r\n",
            "SUBJECT: b\r\nno colon\r\nX-A:a\r\nX-A: c.example",
        ])
        switch kind {
        case 0: return ["QUIT\r\n"]
        case 1, 2: return ["EHLO \(generator.pick(ScenarioGenerator.names))\r\n"]
        case 3: return ["AUTH PLAIN \(generator.pick(["AGEAYg==", "AGNhcmwAYQ==", "AAB4"]))\r\n"]
        case 4, 5, 6:
            return [
                "MAIL FROM:<\(sender)>\(generator.pick(["", " SIZE=5", " BODY=8BITMIME SIZE=30"]))\r\n"
            ]
        case 7, 8, 9:
            return ["RCPT TO:<\(recipient)>\(generator.pick(["", " NOTIFY=NEVER"]))\r\n"]
        case 10:
            return generator.pick([
                ["RSET\r\n"], ["NOOP\r\n"], ["VRFY a\r\n"], ["EXPN b\r\n"], ["XFOO b c\r\n"],
                ["HELP\r\n"], ["ETRN a\r\n"],
            ])
        case 11, 12:
            return [
                "BDAT \(content.utf8.count) LAST\r\n\(content)"
            ]
        case 13: return ["BDAT \(content.utf8.count)\r\n\(content)"]
        default: return ["DATA\r\n", "\(content)\r\n.\r\n"]
        }
    }

    private func compare(_ client: Pair) -> String? {
        let (one, other) = (client.program.takeOutput(), client.naive.takeOutput())
        client.reply = one
        guard one == other else { return "program: \(one)\nnaive: \(other)" }
        let closings = (client.program.closing, client.naive.closing)
        guard closings.0 == closings.1 else { return "closing: \(closings)" }
        guard let session = client.sessions.program, let bag = client.sessions.naive?.bag else {
            return nil
        }
        let (effects, naive) = (session.effects, bag.effects)
        guard effects.connection == naive.connection, effects.message == naive.message,
            effects.garble == naive.garble, effects.keywordEdits == naive.keywordEdits,
            effects.certificate == naive.certificate
        else { return "effects: \(effects)\nnaive: \(naive)" }
        return nil
    }
}
