package import BlackholePipeline

extension Counter {
    /// Requests that were complete, whatever they were answered.
    package static var httpRequests: Counter { Counter(index: firstOfHTTP) }
    /// Requests that were malformed, or are not supported.
    package static var httpRequestsRefused: Counter { Counter(index: firstOfHTTP + 1) }
    /// Heads beyond ``HTTPLimits/requestLine``, ``HTTPLimits/head`` or ``HTTPLimits/fields``.
    package static var httpHeadsTooLarge: Counter { Counter(index: firstOfHTTP + 2) }
    /// Bodies beyond ``HTTPLimits/body``, or what the responder allows.
    package static var httpBodiesTooLarge: Counter { Counter(index: firstOfHTTP + 3) }
    /// Heads and bodies that took longer than ``HTTPLimits/headTime`` or ``HTTPLimits/bodyTime``.
    package static var httpTimeouts: Counter { Counter(index: firstOfHTTP + 4) }

    /// The one that counts requests that the layer refuses with a status.
    static func http(refusedWith status: HTTPStatus) -> Counter {
        switch status.code {
        case 408: httpTimeouts
        case 413: httpBodiesTooLarge
        case 414, 431: httpHeadsTooLarge
        default: httpRequestsRefused
        }
    }

    /// The last of those below 32; SMTP's are the first.
    private static let firstOfHTTP = 27
}
