internal import Glibc

/// What `ps` shows as this process's arguments.
package enum ProcessTitle {
    /// Writes a text over the arguments, cut where their memory ends; nothing happens where the
    /// kernel does not tell where they are.
    ///
    /// The environment, which lies behind them, stays as it is. Read `CommandLine.arguments`
    /// before: a first look at them afterwards may find the title.
    package static func set(_ text: String) {
        guard let area = argumentArea() else { return }
        // The last byte stays 0: by any other the kernel would take the environment for a part.
        var bytes = Array(text.utf8.prefix(area.count - 1))
        // Not in the middle of a character.
        while String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        area.initializeMemory(as: UInt8.self, repeating: 0)
        area.copyBytes(from: bytes)
    }

    /// Where the kernel looks for the arguments (proc_pid_stat(5)): not where Swift keeps its copy.
    private static func argumentArea() -> UnsafeMutableRawBufferPointer? {
        let descriptor = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = OpenFile(owning: descriptor)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file.descriptor, &bytes, bytes.count)
        // The second field is the program's name in parentheses, and may hold anything.
        guard count > 0, let end = bytes[..<count].lastIndex(of: 0x29) else { return nil }
        let fields = bytes[(end + 1)..<count].split(separator: 0x20)
        let (start, stop) = (48 - 3, 49 - 3)
        guard fields.count > stop, let first = address(fields[start]),
            let last = address(fields[stop]), first < last
        else { return nil }
        return UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(bitPattern: first), count: Int(last - first))
    }

    private static func address(_ digits: ArraySlice<UInt8>) -> UInt? {
        UInt(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
    }
}
