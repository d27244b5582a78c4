/// `over` and `hold` as they are described: a list of what was let through.
package struct NaiveRate {
    let limit: Int
    let period: Int64
    let hold: Int64
    /// When matches were let through that still count.
    private var letThrough: [Int64] = []
    private var heldUntil: Int64?
    private var wasExceeded = false
    /// How often it has been exceeded anew.
    package private(set) var trips = 0

    /// Creates a rate that nothing has counted for.
    package init(limit: Int, period: Int64, hold: Int64) {
        self.limit = limit
        self.period = period
        self.hold = hold
    }

    /// Returns whether the rate is exceeded.
    package mutating func isExceeded(at time: Int64) -> Bool {
        if let end = heldUntil {
            if time < end { return true }
            heldUntil = nil
            wasExceeded = false
            letThrough = []
        }
        let length = (period + 62) / 63
        letThrough.removeAll { time / length - $0 / length >= 64 }
        if letThrough.count < limit {
            letThrough.append(time)
            wasExceeded = false
            return false
        }
        if hold > 0 {
            heldUntil = time + hold
            trips += 1
        } else if !wasExceeded {
            wasExceeded = true
            trips += 1
        }
        return true
    }
}
