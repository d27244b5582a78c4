import BlackholeTestSupport
import Foundation
import Testing

/// What a message and a connection cost the server: figures that do not depend on the machine.
struct CostTests {
    /// Ways to send a message on a connection that is open already.
    enum Shape: String, CaseIterable {
        case lockStep, pipelined, chunked, hundredKilobytes

        func mail(_ client: SMTPClient) throws {
            switch self {
            case .lockStep: try client.mail(Self.kilobyte)
            case .hundredKilobytes: try client.mail(Self.large)
            case .pipelined:
                try client.send(Self.envelope + "DATA\r\n")
                for code in [250, 250, 354] { try client.expect(code) }
                try client.say(Self.kilobyte + ".", expecting: 250)
            case .chunked:
                try client.send(Self.envelope + Self.chunk)
                for code in [250, 250, 250] { try client.expect(code) }
            }
        }

        private static let kilobyte = content(lines: 16)
        private static let large = content(lines: 1600)
        private static let chunk = "BDAT \(kilobyte.utf8.count) LAST\r\n" + kilobyte
        private static let envelope =
            "MAIL FROM:<me@example.org>\r\nRCPT TO:<you@example.org>\r\n"

        private static func content(lines: Int) -> String {
            "From: <me@example.org>\r\nSubject: what it costs\r\n\r\n"
                + String(repeating: String(repeating: "x", count: 62) + "\r\n", count: lines)
        }
    }

    /// Sends so many messages on one connection and stops the server.
    private func mail(_ count: Int, _ shape: Shape, to server: RunningServer) throws {
        let client = try SMTPClient.greeted(server)
        for _ in 0..<count { try shape.mail(client) }
        try client.say("QUIT", expecting: 221)
        #expect(try server.stop().messages == count)
    }

    // MARK: Allocations

    /// The library that counts allocations, built once.
    private static let counter = Result {
        let library = Paths.product("malloc-count.so")
        let cc = try Command.run(
            "cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library,
            Paths.support("malloc-count.c"))
        guard cc.exitCode == 0 else { throw TestError.wrong(cc.text) }
        return library
    }

    /// The allocations of the event loops' threads: that of mail, and those of who asks about it.
    func allocations(
        _ count: Int, _ shape: Shape, _ options: [String] = ["--workers", "1"]
    ) throws -> Int {
        let folder = TemporaryDirectory()
        let environment = [
            "LD_PRELOAD": try Self.counter.get(),
            "MALLOC_COUNT_FILE": folder.file("counts"),
        ]
        try RunningServer.run(options, environment: environment) {
            try mail(count, shape, to: $0)
        }
        let counts = folder.text(of: "counts")
        let numbers = counts.matches(of: #/(?m)^loop-0 (\d+)$/#).compactMap { Int($0.1) }
        guard !numbers.isEmpty else { throw TestError.wrong("no count of loop-0: \(counts)") }
        return numbers.reduce(0, +)
    }

    @Test(arguments: Shape.allCases)
    func `a message on a warm connection allocates nothing`(shape: Shape) throws {
        let few = try allocations(100, shape)
        let many = try allocations(10_100, shape)
        #expect(few > 0, "the counter counts")
        // How the threads' start was scheduled may cost one more or less.
        #expect(abs(many - few) < 10, "\(many - few) allocations for 10,000 messages")
    }

    // MARK: System calls

    /// How often each system call was made, by the whole program.
    private func systemCalls(_ count: Int, _ shape: Shape) throws -> [String: Int] {
        let folder = TemporaryDirectory()
        // -D: strace is the child, so that the program has the process number that we know.
        let strace = ["strace", "-D", "-f", "-c", "-o", folder.file("calls")]
        try RunningServer.run(tool: strace) { server in
            try mail(count, shape, to: server)
            #expect(eventually { folder.text(of: "calls").hasSuffix(" total\n") })
        }
        var calls: [String: Int] = [:]
        for line in folder.text(of: "calls").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 5, let number = Int(words[3]) {
                calls[String(words[words.count - 1])] = number
            }
        }
        return calls
    }

    /// The system calls that a message costs, by their names, and in all: upper bounds.
    static let bounds: [(Shape, [String: Double])] = [
        (.lockStep, ["recvfrom": 4, "sendto": 4, "epoll_wait": 4, "total": 12]),
        (.pipelined, ["recvfrom": 2, "sendto": 2, "epoll_wait": 2, "total": 6]),
        (.chunked, ["recvfrom": 1, "sendto": 1, "epoll_wait": 1, "total": 3]),
    ]

    @Test(arguments: bounds)
    func `a message costs few system calls`(shape: Shape, bounds: [String: Double]) throws {
        let few = try systemCalls(100, shape)
        let many = try systemCalls(1100, shape)
        for (name, bound) in bounds {
            let cost = Double(many[name, default: 0] - few[name, default: 0]) / 1000
            // The kernel may split or delay a segment now and then.
            #expect(cost <= bound + 0.05, "\(name) a message")
            #expect(cost > 0)
        }
    }

    // MARK: Instructions

    /// The instructions that the whole program has executed, outside of the kernel.
    func instructions(
        _ count: Int, _ shape: Shape, _ options: [String] = ["--workers", "1"]
    ) throws -> Int {
        let folder = TemporaryDirectory()
        let output = "--callgrind-out-file=\(folder.file("calls"))"
        let valgrind = ["valgrind", "--quiet", "--tool=callgrind", output]
        // A byte of a `rep movsb` would count as an instruction, and a hash of the start's tables would
        // cost another number each time.
        let environment = [
            "GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=1073741824",
            "SWIFT_DETERMINISTIC_HASHING": "1",
        ]
        try RunningServer.run(options, tool: valgrind, environment: environment) { server in
            try mail(count, shape, to: server)
        }
        let total = #/(?m)^(?:summary|totals): (\d+)/#
        guard let match = folder.text(of: "calls").firstMatch(of: total), let number = Int(match.1)
        else { throw TestError.wrong("callgrind has counted nothing") }
        return number
    }

    /// The instructions that a message costs, a twentieth above what was measured.
    @Test(arguments: [
        (Shape.lockStep, 14_600), (.pipelined, 11_800), (.chunked, 9_700),
        (.hundredKilobytes, 27_000),
    ])
    func `a message costs few instructions`(shape: Shape, bound: Int) throws {
        let few = try instructions(50, shape)
        let many = try instructions(550, shape)
        let cost = (many - few) / 500
        #expect(cost > 1000)
        #expect(cost <= bound, "\(cost) instructions a message")
    }

    // MARK: Memory

    /// Raises the limit of open files as far as it may be.
    ///
    /// - Returns: how many files may be open now.
    private static func raiseFileLimit() -> UInt {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit.rlim_cur
    }

    @Test(.enabled(if: raiseFileLimit() > 10_500, "so many files may not be open here"))
    func `ten thousand idle connections cost less than seven megabytes`() throws {
        try RunningServer.run { server in
            try SMTPClient.mailOnce(server)
            let before = try server.facts.residentKilobytes
            var clients: [SMTPClient] = []
            for _ in 0..<10_000 { clients.append(try SMTPClient(server)) }
            for client in clients { try client.expect(220) }
            let grown = try server.facts.residentKilobytes - before
            // 5 MB by their sizes, which MemoryTests has; the rest is the allocator's share, and
            // what tables that double have in stock.
            #expect(grown < 7 * 1024, "10,000 connections cost \(grown) KB")
            try SMTPClient.mailOnce(server)
            for client in clients.prefix(100) {
                try client.say("HELO client.example", expecting: 250)
                try client.mail()
            }
            clients.removeAll()
            #expect(try server.stop().messages == 102)
        }
    }
}
