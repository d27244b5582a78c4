import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct OpenCountsTests {
    @Test func `connections are counted in all and by key, with the one that comes`() {
        let open = makeTallies().open
        #expect(open.enter() == 1)
        #expect(open.enter() == 2)
        #expect(open.enter(key(1)) == 1)
        #expect(open.enter(key(1)) == 2)
        #expect(open.enter(key(2)) == 1)
        open.leave()
        open.leave(key(1))
        #expect(open.total == 1)
        #expect(open[key(1)] == 1)
        #expect(open[key(2)] == 1)
        #expect(open[key(3)] == 0)
    }

    @Test func `100 000 keys are exact, and their memory goes when they leave`() {
        let open = makeTallies().open
        for round in 1...3 {
            for client in 0..<100_000 { #expect(open.enter(key(client)) == round) }
        }
        let crowded = open.bytes
        #expect(crowded <= 100_000 * 16 * 3)
        for _ in 1...3 {
            for client in 0..<100_000 { open.leave(key(client)) }
        }
        #expect(open.bytes <= 64 * 16 * 16)
        for client in 0..<100_000 { #expect(open[key(client)] == 0) }
    }

    @Test(arguments: 1...20)
    func `keys that come and go are counted as a dictionary counts them`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let open = makeTallies().open
        var naive: [Int: Int] = [:]
        let clients = Int.random(in: 10...3000, using: &random)
        for step in 0..<20_000 {
            let client = Int.random(in: 0..<clients, using: &random)
            // More and more, then fewer and fewer.
            let isComing = Int.random(in: 0..<20_000, using: &random) > step
            if isComing {
                naive[client, default: 0] += 1
                #expect(open.enter(key(client)) == naive[client])
            } else if let count = naive[client], count > 0 {
                naive[client] = count - 1
                open.leave(key(client))
            }
        }
        for client in 0..<clients { #expect(open[key(client)] == naive[client] ?? 0) }
    }
}
