/// Finds what was probably meant by a word that is not known.
package enum Suggestion {
    /// A longer word is like no other.
    private static let maximumLength = 24

    /// A hint that names the word that was probably meant; nil if there is none.
    static func hint(
        for word: String, among words: [String], _ others: [String: String] = [:]
    ) -> String? {
        nearest(to: word, among: words, others).map { "did you mean '\($0)'?" }
    }

    /// The word that was probably meant.
    ///
    /// - Parameter others: what other programs, and habit, call these words.
    static func nearest(
        to word: String, among words: [String], _ others: [String: String] = [:]
    ) -> String? {
        let small = word.lowercased()
        guard small.utf8.count <= maximumLength else { return nil }
        if let other = others[small] { return other }
        let bytes = Array(small.utf8)
        var best: (word: String, distance: Int)?
        for candidate in words where best?.distance != 0 {
            let distance = distance(bytes, Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, min(word.utf8.count, best.word.utf8.count) / 3)
        else { return nil }
        return best.word
    }

    /// How many letters must be added, removed, changed or swapped with the next.
    package static func distance<Letter: Equatable>(_ left: [Letter], _ right: [Letter]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var least = min(
                    row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }

    /// What else stages are called.
    static let stages = [
        "ehlo": "helo", "hello": "helo", "greeting": "connect", "connection": "connect",
        "tls": "starttls", "login": "auth", "sender": "mail", "from": "mail", "recipient": "rcpt",
        "to": "rcpt", "body": "content", "dot": "message", "end": "message", "eom": "message",
        "verify": "vrfy", "expand": "expn", "any": "command", "noop": "command", "rset": "command",
        "bdat": "data",
    ]

    /// What else tests, paces and keys are called.
    static let facts = [
        "ip": "peer", "client": "peer", "addr": "peer", "address": "peer", "rcpt": "to",
        "recipient": "to", "sender": "from", "mail": "from", "ehlo": "helo", "hello": "helo",
        "login": "user", "username": "user", "auth": "user", "rcpts": "recipients",
        "connections": "open", "conns": "open", "rate": "over", "limit": "over", "key": "per",
        "by": "per", "probability": "chance", "received": "hops", "servername": "sni",
        "header": "header.NAME", "param": "param.NAME", "ssl": "tls", "password.glob": "password",
        "greylist": "grey", "gray": "grey", "domain": "to=@", "length": "bytes",
    ]

    /// What else steps are called.
    static let steps = [
        "ok": "accept", "pass": "accept", "allow": "accept", "disconnect": "close",
        "quit": "close", "fin": "close", "rst": "reset", "abort": "reset", "delay": "wait",
        "sleep": "wait", "pause": "wait", "hang": "silence", "mute": "silence",
        "cert": "certificate",
        "throttle": "slow", "tarpit": "drip", "fuzz": "garble", "corrupt": "garble",
        "add": "announce", "advertise": "announce", "remove": "hide", "discard": "drop",
        "save": "keep", "store": "keep", "send": "raw", "reject": "550", "deny": "550",
        "defer": "450", "tempfail": "450",
    ]

    /// What else placeholders are called.
    static let placeholders = [
        "rcpt": "to", "recipient": "to", "rcpt.domain": "to.domain", "sender": "from",
        "mail": "from", "peer": "ip", "client": "ip", "addr": "ip", "ehlo": "helo",
        "hello": "helo", "hostname": "host", "server": "host", "time": "date", "epoch": "date",
        "bytes": "size", "n": "count", "domain": "to.domain",
    ]
}
