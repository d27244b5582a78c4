import BlackholeRules
import Testing

/// What a message requests for itself.
@Suite struct RequestTests {
    @Test func `a header requests steps`() throws {
        let steps = try StepRequest.steps(" wait 2; 452 4.2.2 Mailbox full ")
        #expect(steps == [.wait(.seconds(2)), .reply(452, "4.2.2", "Mailbox full")])
        for value in ["accept", "close", "reset", "slow 1/s", "drip 1/s", "garble", "drop", "450"] {
            #expect(try StepRequest.steps(value).count == 1)
        }
    }

    @Test(arguments: [
        ("silence", "column 1: a message cannot request 'silence'"),
        ("keep", "column 1: a message cannot request 'keep'"),
        ("raw \"x\"", "column 1: a message cannot request 'raw'"),
        ("certificate expired", "column 1: a message cannot request 'certificate'"),
        ("450; hide SIZE", "column 6: a message cannot request 'hide'"),
        ("wait 61", "column 1: a message can request to wait 60 s at most"),
        ("wait 1-61s", "column 1: a message can request to wait 60 s at most"),
        ("450|451", "column 4: a message cannot request one of several"),
        ("5% 450", "column 1: '5' is not a reply code"), ("", "column 1: a step is missing"),
        ("rcpt -> 450", "column 1: unknown step 'rcpt'"),
    ])
    func `a header's value that is wrong has an error`(value: String, error: String) {
        #expect { try StepRequest.steps(value) } throws: { "\($0)".hasPrefix(error) }
    }

    @Test func `a header's value has 512 bytes at most`() {
        let most = "450 " + String(repeating: "x", count: 508)
        #expect(throws: Never.self) { try StepRequest.steps(most) }
        #expect(throws: RuleError.self) { try StepRequest.steps(most + "x") }
    }

    @Test(
        arguments: [
            ("you+do-452@x.example", 452), ("you+DO-550@x", 550), ("450-you@x", 450),
            ("bounce-550@x.example", 550), ("Bounce-421@x", 421), ("you+do-250@x", 250),
            ("you+tag+do-452@x", 452), ("450-you", 450), ("you+do-354@x", nil), ("250-you@x", nil),
            ("you+do-45@x", nil), ("you+do-4522@x", nil), ("+do-452@x", nil), ("450@x", nil),
            ("450-@x", nil), ("bounce-55@x", nil), ("bounce-5500@x", nil), ("you@450-x", nil),
            ("", nil), ("@", nil), ("you+do-650@x", nil),
        ] as [(String, UInt16?)])
    func `an address requests a code`(address: String, code: UInt16?) {
        let bytes = Array(address.utf8)
        #expect(AddressRequest.code(in: bytes.span.bytes) == code)
    }
}
