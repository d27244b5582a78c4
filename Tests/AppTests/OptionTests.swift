import BlackholeSink
import Glibc
import Testing

struct OptionTests {
    @Test(
        arguments: [
            ("run --port 99999", "--port"),
            ("run --port -1", "--port"),
            ("run --port x", "--port"),
            ("run --port", "--port"),
            ("run --prot 2525", "--prot"),
            ("run --workers 0", "--workers"),
            ("run --workers 1025", "--workers"),
            ("run --message-size-limit -1", "--message_size_limit"),
            ("run --recipients-limit 99", "--recipients_limit"),
            ("run --idle-timeout 0", "--idle_timeout"),
            ("run --connections-limit -1", "--connections_limit"),
            ("run --connections-per-address-limit x", "--connections_per_address_limit"),
            ("run --messages-limit -1", "--messages_limit"),
            ("run --commands-limit 1.5", "--commands_limit"),
            ("run --errors-limit 0", "--errors_limit"),
            ("run --content-timeout 0", "--content_timeout"),
            ("run --handshake-timeout 0", "--handshake_timeout"),
            ("run --session-timeout -1", "--session_timeout"),
            ("run --grace 3601", "--grace"),
            ("run --ssl=maybe", "--ssl"),
            ("run --ssl_port 65536", "--ssl_port"),
            ("run --ssl_port -1", "--ssl_port"),
            ("run --ssl_key some.key", "--ssl_key: goes with ssl_cert"),
            ("run --ssl_cert", "--ssl_cert"),
            ("run --ssl_cert=", "--ssl_cert"),
            ("run --ssl_ca_certs_dir", "--ssl_ca_certs_dir"),
            ("run --ssl_prot 0", "--ssl_prot"),
            ("run surplus", "surplus"),
            ("rnu", "'rnu' is no command: one of start, stop, "),
            ("--port 25", "a command is missing: one of start, stop, "),
        ] as [(String, String)])
    func `a wrong option gets a line that names it`(line: String, name: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let command = try Command.run([Paths.program] + words)
        #expect(command.exitCode == EX_USAGE)
        #expect(command.output.isEmpty)
        #expect(command.errorLines.count == 1)
        #expect(command.complaints.first?.contains(name) == true)
    }

    @Test(arguments: [["--help"], ["-h"], ["run", "--help"], ["help", "run"], []])
    func `help is told to whoever asks`(arguments: [String]) throws {
        let command = try Command.run([Paths.program] + arguments)
        #expect(command.exitCode == 0)
        #expect(command.output.contains("USAGE: blackhole"))
        #expect(command.errors.isEmpty)
    }

    @Test func `every option of run is explained`() throws {
        let command = try Command.run(Paths.program, "run", "--help")
        for setting in Setting.all {
            #expect(command.output.contains("--\(setting.name) <"))
        }
    }

    @Test func `the version is one line`() throws {
        let command = try Command.run(Paths.program, "--version")
        #expect(command.exitCode == 0)
        #expect(command.output.wholeMatch(of: /blackhole \d+\.\d+\.\d+\n/) != nil)
    }

    @Test(
        arguments: [
            (["--host", "192.0.2.1"], "192.0.2.1"),
            (["--host", "unix:/nonexistent/socket"], "unix:/nonexistent/socket"),
            (["--host", "no-such-host.invalid"], "no-such-host.invalid"),
            (["--host", "127.0.0.1", "--host", "192.0.2.1"], "192.0.2.1"),
        ] as [([String], String)])
    func `an address that is not to be had is one line`(
        options: [String], address: String
    ) throws {
        let command = try Command.run([Paths.program, "run", "--port", "0"] + options)
        #expect(command.exitCode == EX_UNAVAILABLE)
        #expect(command.complaints.count == 1)
        #expect(command.complaints.first?.contains("cannot") == true)
        #expect(command.complaints.first?.contains(address) == true)
    }
}
