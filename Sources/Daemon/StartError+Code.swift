internal import Glibc

extension StartError {
    /// Makes an error of a call that failed: `cannot open the log file /x: Permission denied; try
    /// …`.
    static func call(_ what: String, code: Int32, _ advice: String = "") -> StartError {
        let line = "cannot \(what): \(String(cString: strerror(code)))"
        return StartError(
            advice.isEmpty ? line : "\(line); \(advice)", exitCode: exitCode(for: code))
    }

    /// What is forbidden, what the machine has run out of, and what is set up wrongly.
    private static func exitCode(for code: Int32) -> Int32 {
        switch code {
        case EACCES, EPERM: EX_NOPERM
        case EAGAIN, EDQUOT, EINTR, EIO, EMFILE, ENFILE, ENOLCK, ENOMEM, ENOSPC, ENOSYS:
            EX_UNAVAILABLE
        default: EX_CONFIG
        }
    }
}
