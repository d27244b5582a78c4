import BlackholeSMTP
import Testing

struct RecipientCommandTests {
    @Test func `without parameters nothing is asked for`() throws {
        let parsed = try recipient("TO:<a@b>").value
        #expect(parsed.notify == [])
        #expect(parsed.originalRecipient == nil)
    }

    @Test(
        arguments: [
            ("NEVER", Notify.never), ("SUCCESS", .success), ("FAILURE", .failure),
            ("DELAY", .delay),
            ("never", .never), ("Success,fAILURE", [.success, .failure]),
            ("DELAY,SUCCESS", [.success, .delay]),
            ("SUCCESS,FAILURE,DELAY", [.success, .failure, .delay]),
            ("DELAY,DELAY", .delay),
        ] as [(String, Notify)])
    func `a report is wanted as said`(value: String, notify: Notify) throws {
        #expect(try recipient("TO:<a@b> NOTIFY=" + value).value.notify == notify)
        let parsed = try recipient("TO:<a@b> orcpt=rfc822;x  notify=\(value) ")
        #expect(parsed.value.notify == notify)
        #expect(parsed[\.originalRecipient] == "rfc822;x")
    }

    @Test(arguments: [
        "", ",", "NEVER,", ",NEVER", "NEVER,NEVER", "NEVER,SUCCESS", "SUCCESS,NEVER", "SUCCESS,",
        ",SUCCESS", "SUCCESS,,DELAY", "SUCCES", "SUCCESSS", "NONE", "SUCCESS;DELAY", "SUCCESS=",
        "DELAY,é", "SUCCESS,DELAY,X",
    ])
    func `any other wish is refused`(value: String) {
        #expect(throws: ArgumentError.parameterValue) {
            try recipient("TO:<a@b> NOTIFY=\(value) FOO")
        }
    }

    @Test(arguments: [
        "rfc822;a@b", "RFC822;user+2Btag@host.example", "x-1;+20", "utf-8;a", "UTF-8;\\x{e9}@b",
        "X400;/c=us".replacing("=", with: "+3D"), "a;b;c", "unknown;<>", "a+b;c",
    ])
    func `an original recipient is kept as it was sent`(value: String) throws {
        for allowsUTF8 in [false, true] {
            let parsed = try recipient("TO:<a@b> ORCPT=\(value)", allowsUTF8: allowsUTF8)
            #expect(parsed[\.originalRecipient] == value)
        }
    }

    @Test(arguments: [
        "", ";", "rfc822", "rfc822;", ";a@b", "rfc822;+2", "rfc822;+2b", "rfc822;a=b", "rfc=822;a",
        "rfc 822;a", "rfc.822;a", "rfc@822;a", "rfc822:a", "(c);a", "rfc822;é", "é;a", "utf-8;é=",
        "utf-8;+C3é=", "utf-9;é", "rfc822;a\u{80}",
    ])
    func `a malformed original recipient is refused`(value: String) {
        for allowsUTF8 in [false, true] {
            #expect(throws: ArgumentError.parameterValue) {
                try recipient("TO:<a@b> ORCPT=\(value)", allowsUTF8: allowsUTF8)
            }
        }
    }

    @Test func `the parameters are there as they were sent`() throws {
        #expect(try recipient("TO:<a@b>")[\.parameters] == "")
        #expect(try recipient("TO:<a@b> \t ")[\.parameters] == "")
        #expect(
            try recipient("TO:<a@b> \tNOTIFY=NEVER \t ORCPT=rfc822;x \t ")[\.parameters]
                == "NOTIFY=NEVER \t ORCPT=rfc822;x")
    }

    @Test func `an original recipient in UTF-8 needs its type, SMTPUTF8 and valid bytes`() throws {
        let value = "utf-8;é@bücher.example"
        let parsed = try recipient("TO:<a@b> ORCPT=\(value)", allowsUTF8: true)
        #expect(parsed[\.originalRecipient] == value)
        #expect(throws: ArgumentError.parameterValue) { try recipient("TO:<a@b> ORCPT=\(value)") }
        let invalid = Array("TO:<a@b> ORCPT=utf-8;a".utf8) + [0xc3]
        #expect(throws: ArgumentError.parameterValue) { try recipient(invalid, allowsUTF8: true) }
    }

    @Test(arguments: [
        ("NOTIFY", ArgumentError.parameterValue), ("NOTIFY=", .parameterValue),
        ("ORCPT", .parameterValue), ("ORCPT=", .parameterValue),
        ("NOTIFY=NEVER NOTIFY=NEVER", .parameterTwice), ("ORCPT=a;b orcpt=x", .parameterTwice),
        ("FOO", .parameterUnknown), ("FOO=x", .parameterUnknown), ("NOTIF=x", .parameterUnknown),
        ("SIZE=1", .parameterUnknown), ("BODY=7BIT", .parameterUnknown),
        ("SMTPUTF8", .parameterUnknown), ("RET=FULL", .parameterUnknown),
        ("ENVID=a", .parameterUnknown), ("AUTH=<>", .parameterUnknown),
        ("=", .syntax), ("NOTIFY:NEVER", .syntax), ("<c@d>", .syntax),
        ("NOTIFY=x FOO", .parameterValue), ("FOO NOTIFY=x", .parameterUnknown),
    ])
    func `the leftmost faulty parameter decides`(parameters: String, error: ArgumentError) {
        #expect(throws: error) { try recipient("TO:<a@b> " + parameters) }
        #expect(throws: error) { try recipient("TO:<postmaster>\t" + parameters + " ") }
    }
}
