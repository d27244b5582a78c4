import Glibc

/// Why a test cannot go on.
enum TestError: Error, CustomStringConvertible {
    case system(String, Int32)
    case timedOut(String)
    case wrong(String)

    var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .timedOut(let what): "timed out: \(what)"
        case .wrong(let what): what
        }
    }
}

/// How long a program may take to start, to answer or to end before a test gives up on it: far longer
/// than it ever does.
let patienceSeconds = 60.0
