import Glibc

/// Makes a file.
func write(_ text: String, to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "a file can be made")
    _ = write(descriptor, text, text.utf8.count)
    close(descriptor)
}

/// What a file holds, up to 64 KiB; nil when it cannot be read.
func contents(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return contents(of: descriptor)
}

/// What is there to be read.
func contents(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
}

func status(of path: String) -> stat {
    var status = stat()
    lstat(path, &status)
    return status
}

func target(of link: String) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink(link, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A line of `/proc/thread-self/status`, without its name and with one blank between words.
///
/// Not of `/proc/self`: that is the first thread, which in a test's process counts as ended.
func processStatus(_ name: String) -> String {
    let lines = (contents(of: "/proc/thread-self/status") ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix(name + ":") } ?? ""
    return line.dropFirst(name.count + 1).split { $0 == "\t" || $0 == " " }.joined(separator: " ")
}

let isRoot = geteuid() == 0
/// The number of user and group nobody, by custom; to its numbers root can change in any case.
let nobody: UInt32 = 65534
