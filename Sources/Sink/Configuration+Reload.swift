extension Configuration {
    /// A setting that has changed.
    package struct Change: Sendable, Equatable {
        package let setting: Setting
        /// What it was and what it is, as they are written.
        package let old: String
        package let new: String

        /// `mode has changed from accept to bounce`.
        package var text: String { "\(setting.name) has changed from \(old) to \(new)" }
    }

    /// The settings that another configuration has with another value.
    package func changes(to other: Configuration) -> [Change] {
        Setting.all.filter { !$0.isSame(self, other) }.map {
            Change(setting: $0, old: $0.text(self), new: $0.text(other))
        }
    }

    /// What a running server can take over from `fresh`: all that needs no other sockets, threads
    /// or privileges.
    package func reloaded(from fresh: Configuration) -> Configuration {
        let hasSamePlaces = listeners.map(\.place) == fresh.listeners.map(\.place)
        var new = fresh
        for setting in Setting.all
        where setting.reload == .restart || setting.reload == .place && !hasSamePlaces {
            setting.copy(&new, self)
        }
        return new
    }
}

extension Endpoint {
    /// What a listener is bound to.
    package var place: String { isImplicitTLS ? "\(address) for TLS" : address }
}
