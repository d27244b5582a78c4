import BlackholeRules
import BlackholeSink
import Testing

extension ConfigurationTests {
    @Test func `a listener has settings of its own`() throws {
        let configuration = try configuration(
            file: """
                listen = :25 mode=bounce, 127.0.0.1:587 delay=1-2 stage=rcpt  # two
                listen = [::1]:25, :::26
                tls_listen = unix:/tmp/x mode=random
                delay = 5
                """)
        let listeners = configuration.listeners
        #expect(
            listeners.map(\.address)
                == ["0.0.0.0:25", "127.0.0.1:587", "[::1]:25", "[::]:26", "unix:/tmp/x"])
        #expect(listeners.map(\.isImplicitTLS) == [false, false, false, false, true])
        #expect(listeners.map(\.policy.mode) == [.bounce, .accept, .accept, .accept, .random])
        #expect(listeners.map(\.policy.hasHeaderSwitches) == [false, false, true, true, false])
        #expect(listeners[0].policy.delay == DelayRange(.seconds(5), .seconds(5)))
        #expect(listeners[1].policy.delay == DelayRange(.seconds(1), .seconds(2)))
        #expect(listeners[1].policy.stage == .rcpt)
    }

    @Test func `a port that the kernel chooses may be listed twice`() throws {
        #expect(try configuration(file: "listen=:0, :0").listeners.count == 2)
        #expect(try configuration(file: "port=0 ssl_port=0").listeners.count == 2)
    }

    @Test func `every host has every port`() throws {
        let configuration = try configuration(
            file: "host=127.0.0.1,::1,unix:/tmp/y port=1,2 ssl_port=3")
        #expect(
            configuration.listeners.map(\.address) == [
                "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "[::1]:1", "[::1]:2", "[::1]:3",
                "unix:/tmp/y",
            ])
        #expect(try self.configuration(file: "ssl_port=none").listeners.map(\.port) == [25])
        #expect(try self.configuration(file: "ssl=off").listeners.map(\.port) == [25])
    }
}
