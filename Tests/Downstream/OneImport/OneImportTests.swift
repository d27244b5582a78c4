import SMTPTesting
import Testing

/// A stranger's own type, whose name is not taken.
private struct Rule {
    let stage: Stage
}

// With MemberImportVisibility: what a member belongs to must be imported.
@Suite struct `A test that imports SMTPTesting alone` {
    @Test func `names stages, keys, flaws and ways to go wrong`() {
        let behaviors: [Behavior] = [
            .at(.recipient, first: 1, per: [.network, .sender], .reply(451)),
            .at(.startTLS, .certificate(.otherName)),
            .at(.message, .garble(.wrongCode)),
        ]
        #expect(
            behaviors.map(\.description) == [
                "rcpt first=1 per=ip/24,from -> 451", "starttls -> certificate other-name",
                "message -> garble wrong-code",
            ])
        #expect(Rule(stage: .hello).stage.keyword == "helo")
    }

    @Test(arguments: Stage.allCases)
    func `has a case for each stage`(stage: Stage) async throws {
        try await withSMTPServer(.at(stage, .wait(.zero)), .rule("\(stage.keyword) -> accept")) {
            smtp in
            #expect(try await smtp.mail(to: "you@example.org").last?.hasPrefix("221") == true)
        }
    }

    @Test func `is told what is wrong with a rule`() {
        let misuse = #expect(throws: Misuse.self) { try SMTPServer(.rule("rctp -> 450")) }
        #expect(misuse?.flaw == "column 1: unknown stage 'rctp'")
        #expect(misuse?.advice == "did you mean 'rcpt'?")
    }
}
