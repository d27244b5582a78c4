/// Calls back when the last who holds it lets go, so that no way out of a loop can forget it.
package final class Completion: Sendable {
    private let body: @Sendable () -> Void

    package init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    deinit {
        body()
    }
}
