import BlackholeSMTP
import Testing

struct CredentialsTests {
    @Test(arguments: [SASLMechanism.plain, .login])
    func `a password proves itself`(mechanism: SASLMechanism) {
        for password in ["secret", "", "ü \u{1F511}", String(repeating: "x", count: 9000)] {
            let credentials = Credentials(mechanism, user: "u", password: password)
            #expect(credentials.proves(password: password))
            for other in [
                password + "x", "x" + password, password + password + "x", "SECRET", "secre",
                "secrets", "secretsecret",
            ] {
                #expect(!credentials.proves(password: other))
            }
        }
        #expect(!Credentials(mechanism, user: "u", password: "secret").proves(password: ""))
        #expect(!Credentials(mechanism, user: "u", password: "").proves(password: "secret"))
        // The same character in other bytes.
        #expect(!Credentials(mechanism, user: "u", password: "u\u{308}").proves(password: "ü"))
    }

    /// The example of RFC 2195, section 2.
    @Test func `a digest proves the password that it was made with`() {
        let credentials = Credentials(
            .cramMD5, user: "tim", digest: "b913a602c7eda7a495b4e6e7334d3890",
            challenge: "<1896.697170952@postoffice.reston.mci.net>")
        #expect(credentials.proves(password: "tanstaaftanstaaf"))
        for other in ["", "tanstaaftanstaa", "tanstaaftanstaaf ", "Tanstaaftanstaaf"] {
            #expect(!credentials.proves(password: other))
        }
    }

    @Test func `a digest of another challenge proves nothing`() {
        let credentials = Credentials(
            .cramMD5, user: "tim", digest: "b913a602c7eda7a495b4e6e7334d3890", challenge: "<1@x>")
        #expect(!credentials.proves(password: "tanstaaftanstaaf"))
    }

    @Test(arguments: [SASLMechanism.xoauth2, .oauthBearer])
    func `a token takes the password's place`(mechanism: SASLMechanism) {
        let credentials = Credentials(mechanism, user: "u", token: "a.b.c")
        #expect(credentials.proves(password: "a.b.c"))
        #expect(!credentials.proves(password: "a.b.d"))
        #expect(!credentials.proves(password: ""))
    }
}
