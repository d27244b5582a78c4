public import BlackholeSMTP

extension Behavior {
    /// Announces an EHLO keyword, or the same with other parameters; what is announced is not done
    /// for that.
    public static func announce(_ keyword: String, _ parameters: String = "") -> Behavior {
        Behavior(isRepeatable: true) { plan throws(Flaw) in
            try check(keyword, parameters)
            plan.keywordChanges.append(.adding(keyword, parameters))
        }
    }

    /// Announces an EHLO keyword no more; what it stands for is done all the same.
    public static func hide(_ keyword: String) -> Behavior {
        Behavior(isRepeatable: true) { plan throws(Flaw) in
            try check(keyword, "")
            plan.keywordChanges.append(.removing(keyword))
        }
    }

    /// Passes over parameters of MAIL and RCPT that no session knows; otherwise they get 555.
    public static var ignoreParameters: Behavior {
        Behavior { $0.ignoresUnknownParameters = true }
    }

    /// Takes at most this many bytes a second from each connection, as the layer `Throttle` does.
    public static func throttle(bytesPerSecond: Int) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            guard bytesPerSecond > 0 else {
                throw Flaw(
                    "\(bytesPerSecond) bytes a second are none",
                    "it is 1 at least; .silence answers nothing")
            }
            plan.bytesPerSecond = bytesPerSecond
        }
    }

    /// The limits of a session.
    public static func limits(_ limits: SMTPLimits) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            guard limits.maximumLineLength >= 2, limits.idle > .zero else {
                throw Flaw(
                    "limits that leave no room for a line, or no time",
                    "a line has 2 bytes at least, and idle is over zero")
            }
            plan.limits = limits
        }
    }

    /// Refuses messages of more bytes, by 552 5.3.4 at their end or at a MAIL that declares them, and
    /// announces the limit (RFC 1870).
    public static func sizeLimit(_ bytes: Int) -> Behavior {
        Behavior { plan throws(Flaw) in
            guard bytes > 0 else {
                throw Flaw(
                    "\(bytes) bytes are no limit of a message",
                    "it is 1 at least; without a limit leave it out")
            }
            plan.sizeLimit = bytes
        }
    }

    /// Speaks LMTP (RFC 2033): LHLO in the place of EHLO, and a reply for each recipient of a message.
    public static var lmtp: Behavior { Behavior { $0.mailProtocol = .lmtp } }

    /// Listens on this port, instead of one that the kernel chooses: for a server that is down, and up
    /// again.
    ///
    /// ```swift
    /// let port = smtp.port
    /// await smtp.stop()
    /// // Nobody listens.
    /// let again = try SMTPServer(.port(port))
    /// ```
    public static func port(_ port: Int) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            guard let number = UInt16(exactly: port), number > 0 else {
                throw Flaw("\(port) is no port", "it is 1 to 65535; leave it out for any")
            }
            plan.port = number
        }
    }

    /// Has one reply of each connection go wrong, in a way that depends on the seed and the number of
    /// the connection alone, for clients that must tolerate anything.
    ///
    /// Which one it was is in ``SMTPServer/transcripts``. See `FuzzedReplies`.
    public static func garble(seed: UInt64) -> Behavior {
        Behavior { $0.garbleSeed = seed }
    }

    /// Has a responder answer what no rule does; each connection has one of its own.
    ///
    /// ```swift
    /// .responder { Doorkeeper() }
    /// .responder { Awaiting(Directory(users: users)) }
    /// ```
    ///
    /// Rules come before it, and a rule that accepts leaves the answer to it. What is taken is kept in
    /// ``SMTPServer/received``, and all is in the transcripts, as ever. After STARTTLS a new one takes over.
    ///
    /// - Parameter make: makes the responder of a connection, on the connection's event loop.
    public static func responder<Own: Responder & ~Copyable>(
        _ make: @escaping @Sendable () -> Own
    ) -> Behavior {
        Behavior { $0.makeResponder = { AnyResponder(make()) } }
    }

    /// What the server greets with, instead of `localhost`: up to 255 bytes of visible ASCII.
    public static func hostName(_ name: String) -> Behavior {
        Behavior { plan throws(Flaw) in
            guard (1...255).contains(name.utf8.count),
                name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw Flaw(
                    "\(name.debugDescription) is no host name",
                    "it is 1 to 255 bytes of visible ASCII, without blanks")
            }
            plan.hostName = name
        }
    }

    /// What chance draws from: the same seed, the same draws.
    public static func seed(_ seed: UInt64) -> Behavior {
        Behavior { $0.seed = seed }
    }

    private static func check(_ keyword: String, _ parameters: String) throws(Flaw) {
        let line = parameters.isEmpty ? keyword : "\(keyword) \(parameters)"
        guard Keywords.isAnnouncement(line), Keywords.isAnnouncement(keyword) else {
            throw Flaw(
                "\(line.debugDescription) is no EHLO keyword",
                "it is letters, digits and hyphens, and parameters of visible ASCII with a blank "
                    + "between two, in 506 bytes")
        }
    }
}
