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
