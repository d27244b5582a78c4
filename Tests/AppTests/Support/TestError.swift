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

/// How long anything may take before a test gives up on it: far longer than it ever does.
let patienceSeconds = 60.0

/// Waits until a condition holds.
///
/// - Returns: whether it did before the patience was over.
func eventually(within seconds: Double = patienceSeconds, _ condition: () throws -> Bool)
    rethrows -> Bool
{
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
        if try condition() { return true }
        guard ContinuousClock.now < end else { return false }
        usleep(2_000)
    }
}
