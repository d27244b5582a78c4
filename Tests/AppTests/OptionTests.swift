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
            ("run --message-size-limit -1", "--message-size-limit"),
            ("run --recipients-limit 99", "--recipients-limit"),
            ("run --idle-timeout 0", "--idle-timeout"),
            ("run --grace 3601", "--grace"),
            ("run surplus", "surplus"),
            ("rnu", "rnu"),
        ] as [(String, String)])
    func `a wrong option gets a line that names it`(line: String, name: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let command = try Command.run([Paths.program] + words)
        #expect(command.exitCode == EX_USAGE)
        #expect(command.output.isEmpty)
        let first = try #require(command.errorLines.first)
        #expect(first.hasPrefix("Error: "))
        #expect(first.contains(name))
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
        for option in ["host", "port", "workers", "host-name", "idle-timeout", "grace", "lenient"] {
            #expect(command.output.contains("--\(option) "))
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
        let errors = command.errorLines.filter { $0.contains(" error ") }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("cannot") == true)
        #expect(errors.first?.contains(address) == true)
        #expect(command.errorLines.count { !$0.contains(" info ") } == 1)
    }
}
