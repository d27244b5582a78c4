internal import Glibc

/// Owns a file descriptor and closes it at the end of its life.
struct Descriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        _ = Glibc.close(number)
    }

    /// Gives the descriptor up: closing it is the caller's business from here on.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
