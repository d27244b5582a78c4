internal import BlackholePipeline
internal import Glibc

/// What a run has come to.
struct Report: ~Copyable {
    let plan: LoadPlan
    let tally: Tally
    /// From the first message's beginning to the last one's end.
    let seconds: Double
    /// Messages of a schedule whose time had come and that were never begun.
    let overdue: Int
    let bytes: (sent: UInt64, received: UInt64)
    /// Whether any connection was ever established.
    let wasOpened: Bool
    /// Whether none was answered for as long as a reply may take.
    let hasTimedOut: Bool
    let held: Int
    let hasGivenUp: Bool
    /// Why a connection could not be made.
    let trouble: SystemError?
    /// The processor's time that this process has had.
    let cpu = CPUSeconds.ofProcess

    var rate: Double { seconds > 0 ? Double(tally.messages) / seconds : 0 }

    /// Nothing was refused, broken, or left undone.
    var isFlawless: Bool { tally.failuresInAll == 0 && overdue == 0 && !hasGivenUp }

    /// What was said at the first failure of a kind.
    func firstText(_ failure: Failure) -> String? {
        failure == .connect ? trouble?.description ?? tally.first(failure) : tally.first(failure)
    }

    /// Why nothing could be done at all, and what to do about it; nil where something could.
    var unavailability: String? {
        guard !wasOpened else { return nil }
        guard let trouble else {
            guard hasTimedOut else { return nil }
            return "cannot connect to \(plan.target.text): no answer in \(plan.timeoutSeconds) s; "
                + "is the address right, and does no firewall drop what comes?"
        }
        let remedy =
            switch trouble.code {
            case ECONNREFUSED, ENOENT:
                "nobody listens there: start the server, or name another port"
            case EADDRNOTAVAIL: "no address or port is free to come from: try --sources"
            case EMFILE, ENFILE: "too few descriptors: raise ulimit -n"
            case EACCES, EPERM: "not permitted: look at the firewall and the socket's mode"
            default: "look at the address, the network and the firewall"
            }
        return "cannot connect to \(plan.target.text): \(String(cString: strerror(trouble.code))); "
            + remedy
    }
}

/// The processor's time of a process.
struct CPUSeconds {
    let user: Double
    let system: Double

    static var ofProcess: CPUSeconds {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return CPUSeconds(user: seconds(usage.ru_utime), system: seconds(usage.ru_stime))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
