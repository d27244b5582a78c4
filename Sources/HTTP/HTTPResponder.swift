package import BlackholePipeline

/// Answers the requests of one connection, on its loop: the layer inside ``HTTPLayer``.
package protocol HTTPResponder: ~Copyable, SendableMetatype {
    /// The bytes that the body of a request may have; more is 413. ``HTTPLimits/body`` is the most.
    mutating func maximumBody(of request: HTTPRequest) -> Int

    /// A request, complete with its body.
    mutating func respond(to request: HTTPRequest, _ context: inout Context) -> HTTPAnswer

    /// The answer to a request that was answered with ``HTTPAnswer/later(until:)``: its time has come,
    /// or the connection's waker has called.
    mutating func resume(_ context: inout Context) -> HTTPAnswer

    /// Appends what a stream has to say by now, if anything: at its start, when the client has taken
    /// what was appended last, when its time has come, and when the connection's waker has called.
    ///
    /// What is appended is one chunk, and should have no more than ``Context/maximumOutputBytes``: a
    /// stream that has more to say is asked again as soon as the client has taken that.
    ///
    /// - Returns: when to ask again if there is nothing until then; nil at the end of the stream.
    mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant?

    /// The connection is gone, whether or not a stream or an answer was still to come: the last call.
    mutating func closed(_ context: inout Context)
}

extension HTTPResponder where Self: ~Copyable {
    /// As many as ``HTTPLimits/body`` allows.
    package mutating func maximumBody(of request: HTTPRequest) -> Int { .max }

    /// Nothing was to come later.
    package mutating func resume(_ context: inout Context) -> HTTPAnswer {
        .response(.text(500, "nothing was to come later\n"))
    }

    /// There is nothing.
    package mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant? {
        nil
    }

    /// Does nothing.
    package mutating func closed(_ context: inout Context) {}
}

/// What becomes of a request.
package enum HTTPAnswer: Sendable {
    /// The whole response.
    case response(HTTPResponse)
    /// ``HTTPResponder/resume(_:)`` is asked when the time has come, or when the connection's waker has
    /// called; the client is not read before.
    case later(until: Instant)
    /// The response's content comes piece by piece, by ``HTTPResponder/stream(_:_:)``.
    ///
    /// The body of the response is not sent, and the connection ends with the stream.
    case stream(HTTPResponse)
}
