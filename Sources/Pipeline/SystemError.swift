internal import Glibc

/// A call to the operating system that failed at set-up, in words for the operator.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, on what: `bind 127.0.0.1:25`.
    public let operation: String
    /// The operating system's number of the error.
    public let code: Int32

    /// Makes an error from an `errno`.
    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Makes an error from the thread's current `errno`.
    package static func current(_ operation: @autoclosure () -> String) -> SystemError {
        // Read first: putting the words together may change it.
        let code = errno
        return SystemError(operation(), code: code)
    }

    /// `bind 127.0.0.1:25: Permission denied`.
    public var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// Whether the address is in use by another socket (`EADDRINUSE`).
    public var isAddressInUse: Bool { code == EADDRINUSE }

    /// Whether the operating system does not permit it (`EACCES`, `EPERM`).
    public var isNotPermitted: Bool { code == EACCES || code == EPERM }
}
