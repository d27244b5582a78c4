@usableFromInline
typealias StackMaker = @Sendable (borrowing Peer, UnsafeMutableRawPointer) -> Void

/// How to make stacks of one type: goes to every loop of a pool.
@usableFromInline
package struct StackRecipe: Sendable {
    let type: StackType
    let make: StackMaker

    /// Takes the function that makes a stack from its peer.
    @inlinable
    package init<Handler: ByteHandler & ~Copyable>(
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        self.init(type: StackType(of: Handler.self)) { peer, memory in
            memory.bindMemory(to: Handler.self, capacity: 1).initialize(to: make(peer))
        }
    }

    @usableFromInline
    init(type: StackType, make: @escaping StackMaker) {
        self.type = type
        self.make = make
    }
}
