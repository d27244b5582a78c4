internal import BlackholePipeline
package import BlackholeRules

extension Tallies {
    /// Creates counts with a known secret, and no time before them.
    package convenience init(known seed: UInt64, maximumKeys: Int = 4096) {
        self.init(
            seed: seed, startup: Instant(nanoseconds: 0), maximumKeys: maximumKeys,
            secret: KeyHasher.Secret(1, 2))
    }
}
