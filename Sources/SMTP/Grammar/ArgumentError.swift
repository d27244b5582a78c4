/// Why the argument of a command was refused; each case stands for one reply.
///
/// The path is judged first, then the parameters from left to right. Only the lack of SMTPUTF8 in
/// a MAIL command comes after them, since it is one of them.
public enum ArgumentError: Error, Equatable, BitwiseCopyable, Sendable {
    /// 501 5.5.4: no argument, not `FROM:<…>` or `TO:<…>` at all, or junk after what there is.
    case syntax
    /// 501 5.1.7: a malformed or oversize reverse-path, or one with invalid UTF-8.
    case reversePath
    /// 501 5.1.3: a malformed or oversize forward-path, or one with invalid UTF-8.
    case forwardPath
    /// 553 5.6.7: a reverse-path with UTF-8 that is valid, but was not announced by SMTPUTF8.
    case nonASCIIReversePath
    /// 553 5.6.7: a forward-path with UTF-8 that is valid, but was not announced by SMTPUTF8.
    case nonASCIIForwardPath
    /// 555 5.5.4: a parameter that is not known for this command.
    case parameterUnknown
    /// 501 5.5.4: a known parameter whose value is malformed, is missing, or should not be there.
    case parameterValue
    /// 504 5.5.4: a value of BODY, or a mechanism of AUTH, that is well-formed and not known.
    case parameterNotImplemented
    /// 501 5.5.4: a known parameter for the second time.
    case parameterTwice
}
