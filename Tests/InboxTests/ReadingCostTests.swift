import BlackholeTestSupport
import Foundation
import Testing

/// What reading a message costs, in instructions, which do not depend on the machine.
///
/// The messages are of up to 400 kB, of up to 4 MB where `READING_COST=full` is set: that takes minutes.
@Suite(.serialized) struct `Reading a message` {
    @Test(arguments: WorstMessage.allCases)
    func `costs instructions linear in its size, however odd it is`(worst: WorstMessage)
        async throws
    {
        let isFull = ProcessInfo.processInfo.environment["READING_COST"] == "full"
        let smallest = isFull ? worst.smallest : worst.smallest / 10
        var costs: [Int] = []
        for factor in [1, 2, 4] {
            let content = worst.content(bytes: smallest * factor)
            costs.append(try await instructions(content))
        }
        #expect(costs[0] > smallest, "\(costs): each byte is looked at")
        for (less, more) in zip(costs, costs.dropFirst()) {
            #expect(Double(more) <= 2.2 * Double(less), "\(costs)")
        }
    }

    /// The instructions of a program that reads all of a message, outside of the kernel.
    private func instructions(_ content: [UInt8]) async throws -> Int {
        let folder = TemporaryDirectory()
        try Data(content).write(to: URL(filePath: folder.file("message")))
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let reader = URL(filePath: program).deletingLastPathComponent()
            .appending(path: "BlackholeReadMessage").path()
        // A byte of a `rep movsb` would count as an instruction, and hashes would by chance.
        let environment = [
            "env", "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1073741824",
            "SWIFT_DETERMINISTIC_HASHING=1",
        ]
        let valgrind = [
            "valgrind", "--quiet", "--tool=callgrind",
            "--callgrind-out-file=\(folder.file("calls"))",
        ]
        let tool = try await Tool.run(
            environment + valgrind + [reader, "all", folder.file("message")], seconds: 300)
        #expect(tool.code == 0, "\(tool.output)")
        let total = #/(?m)^(?:summary|totals): (\d+)/#
        let match = try #require(folder.text(of: "calls").firstMatch(of: total))
        return try #require(Int(match.1))
    }
}
