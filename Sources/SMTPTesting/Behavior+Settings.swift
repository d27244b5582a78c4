public import BlackholeSMTP

extension Behavior {
    /// Announces an EHLO keyword, or the same with other parameters; what is announced is not done
    /// for that.
    public static func announce(_ keyword: String, _ parameters: String = "") -> Behavior {
        Behavior { plan throws(Flaw) in
            try check(keyword, parameters)
            plan.keywordChanges.append { $0.adding(keyword, parameters) }
        }
    }

    /// Announces an EHLO keyword no more; what it stands for is done all the same.
    public static func hide(_ keyword: String) -> Behavior {
        Behavior { plan throws(Flaw) in
            try check(keyword, "")
            plan.keywordChanges.append { $0.removing(keyword) }
        }
    }

    /// Passes over parameters of MAIL and RCPT that no session knows; otherwise they get 555.
    public static var ignoreParameters: Behavior {
        Behavior { $0.ignoresUnknownParameters = true }
    }

    /// Takes so many bytes a second from each connection, as the layer `Throttle` does.
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
