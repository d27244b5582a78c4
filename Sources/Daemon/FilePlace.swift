internal import Glibc

/// Where a file of the operator's choice is to be, in words for errors about it.
struct FilePlace: Sendable {
    let path: String
    /// What the file is: `pid file`.
    let name: String
    /// The option that says where it is: `--pid`.
    let option: String

    /// `the pid file /run/blackhole.pid`.
    var description: String { "the \(name) \(LogFile.escaped(path))" }

    /// An error that says what is wrong with what stands there.
    func refusal(_ fault: String, _ exitCode: Int32 = EX_CONFIG) -> StartError {
        StartError("\(description) \(fault), or choose another \(option)", exitCode: exitCode)
    }

    /// An error of a call about the file.
    func failure(to verb: String, code: Int32) -> StartError {
        let advice =
            switch code {
            case ENOENT, ENOTDIR: "make its directory"
            case EACCES, EPERM: "start as a user who may"
            case ENOSPC, EDQUOT: "make room"
            case EMFILE, ENFILE: "raise the limit of open files"
            default: "mend that"
            }
        return .call("\(verb) \(description)", code: code, "\(advice), or choose another \(option)")
    }

    /// The error of an open that failed: what stands there says more than the code.
    func openFailure(code: Int32) -> StartError {
        var status = stat()
        guard [ELOOP, EISDIR, ENXIO].contains(code), lstat(path, &status) == 0,
            let fault = FilePlace.fault(of: status)
        else { return failure(to: "open", code: code) }
        return refusal(fault)
    }

    /// What is wrong with something that is no regular file; nil for one that is.
    static func fault(of status: stat) -> String? {
        let kind: String
        switch status.st_mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFLNK: kind = "a symbolic link, which somebody may have planted"
        case S_IFDIR: kind = "a directory"
        case S_IFIFO: kind = "a named pipe"
        case S_IFSOCK: kind = "a socket"
        default: kind = "a device"
        }
        return "is \(kind): remove it"
    }
}
