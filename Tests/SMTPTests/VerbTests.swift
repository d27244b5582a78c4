import BlackholePipeline
import BlackholeSMTP
import Testing

struct VerbTests {
    static let verbs = Verb.allCases.filter { $0 != .unknown }

    /// The match as one would write it without a thought for speed.
    static func reference(_ word: some Sequence<UInt8>) -> Verb {
        let capitals = word.map { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? byte - 32 : byte
        }
        return verbs.first { Array($0.name.description.utf8) == capitals } ?? .unknown
    }

    @Test func `names are the standards' words, and all different`() {
        let names = Verb.allCases.map(\.name.description)
        let words = """
            HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT STARTTLS AUTH ETRN TURN \
            SEND SOML SAML LHLO UNKNOWN
            """
        #expect(names.joined(separator: " ") == words)
        #expect(Set(names).count == 21)
    }

    @Test(arguments: verbs)
    func `a verb is found in every mixture of cases`(verb: Verb) {
        let name = verb.name.description
        for mask in 0..<1 << name.count {
            let word = name.inCase(mask)
            for line in [word, word + " x", word + "\tx", word + " ", word + " \t "] {
                #expect(command(line).value.verb == verb, "\(line)")
                #expect(command(line)[\.verbRange] == word)
            }
        }
    }

    @Test(arguments: verbs)
    func `a prefix of a verb, or a letter more, is another word`(verb: Verb) {
        let name = verb.name.description
        var words = (1..<name.count).map { String(name.prefix($0)) }
        words += ["S", "x", "1", "-", ":", "=", "."].flatMap { [name + $0, $0 + name] }
        words += [name + name, name + ":FROM", name + "\u{301}", "\u{feff}" + name]
        for word in words {
            #expect(command(word).value.verb == .unknown, "\(word)")
            #expect(command(word + " x").value.verb == .unknown, "\(word)")
            #expect(command(word)[\.verbRange] == word)
        }
    }

    @Test(arguments: verbs)
    func `a NUL anywhere makes the line no command`(verb: Verb) {
        let name = Array(verb.name.description.utf8)
        for index in 0...name.count {
            var line = name
            line.insert(0, at: index)
            #expect(command(line).value.verb == .unknown)
            #expect(command(line).value.flaw == .control)
        }
    }

    @Test(arguments: verbs)
    func `any byte in any place of a verb gives what the reference gives`(verb: Verb) {
        let name = Array(verb.name.description.utf8)
        var mismatches: [[UInt8]] = []
        for index in name.indices {
            for byte in 0x21...0xff as ClosedRange<UInt8> where byte != 0x7f {
                var word = name
                word[index] = byte
                if command(word).value.verb != Self.reference(word) { mismatches.append(word) }
            }
        }
        #expect(mismatches.isEmpty)
    }

    @Test func `generated words give what the reference gives`() {
        var random = RandomSource(seed: 1)
        let names = Self.verbs.map { Array($0.name.description.utf8) }
        var mismatches: [[UInt8]] = []
        var found = 0
        for _ in 0..<20_000 {
            var word = names[Int.random(in: 0..<names.count, using: &random)]
            for index in word.indices where Bool.random(using: &random) { word[index] ^= 0x20 }
            for _ in 0..<Int.random(in: 0...2, using: &random) where !word.isEmpty {
                let index = Int.random(in: 0..<word.count, using: &random)
                switch UInt8.random(in: 0...3, using: &random) {
                case 0: word.remove(at: index)
                case 1: word.insert(.random(in: 0x41...0x7a, using: &random), at: index)
                case 2: word[index] ^= 1 << UInt8.random(in: 0...5, using: &random)
                default: word.swapAt(index, .random(in: 0..<word.count, using: &random))
                }
            }
            if word.contains(where: { $0 <= 0x20 || $0 == 0x7f }) { continue }
            let expected = Self.reference(word)
            if expected != .unknown { found += 1 }
            if command(word).value.verb != expected { mismatches.append(word) }
        }
        #expect(mismatches.isEmpty)
        #expect(found > 5_000)
    }
}
