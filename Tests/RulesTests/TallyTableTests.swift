import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct TallyTableTests {
    /// A table of 64 sets, whose keys of one remainder modulo 64 share a set.
    private func makeTable(slotWidth: Int = 0) -> TallyTable {
        TallyTable(keys: 512, TallyLayout(slotWidth: slotWidth))
    }

    private func tag(_ number: Int) -> UInt64 { UInt64(number) * 64 + 5 }

    /// Uses a key, and returns its count; nil if it is not tracked.
    @discardableResult
    private func use(
        _ number: Int, of table: TallyTable, at time: Int64 = 0, holdUntil: Int64? = nil
    ) -> UInt64? {
        table.withCell(tag(number), at: time) { cell in
            cell.count += 1
            if let holdUntil { cell.heldUntil = holdUntil }
            return cell.count
        }
    }

    @Test func `a set has room for eight keys, and evicts the least recently used`() {
        let table = makeTable()
        for number in 0..<8 { use(number, of: table) }
        for number in 1..<8 { use(number, of: table) }
        use(8, of: table)
        #expect(table.evicted == 1)
        #expect((0...8).map { table.count(of: tag($0)) } == [0, 2, 2, 2, 2, 2, 2, 2, 1])
    }

    @Test func `looking at a key is a use of it`() {
        let table = makeTable()
        for number in 0..<8 { use(number, of: table) }
        _ = table.count(of: tag(0))
        use(8, of: table)
        #expect(table.count(of: tag(0)) == 1)
        #expect(table.count(of: tag(1)) == 0)
    }

    @Test func `a key that is held is not evicted until its hold ends`() {
        let table = makeTable()
        use(0, of: table, holdUntil: 1000)
        for number in 1..<100 { use(number, of: table, at: 999) }
        #expect(table.count(of: tag(0)) == 1)
        for number in 100..<108 { use(number, of: table, at: 1000) }
        #expect(table.count(of: tag(0)) == 0)
        #expect(table.untracked == 0)
    }

    @Test func `a new key among eight that are held is not tracked, and that is counted`() {
        let table = makeTable()
        for number in 0..<8 { use(number, of: table, holdUntil: 1000) }
        #expect(use(8, of: table) == nil)
        #expect(use(0, of: table) == 2)
        #expect(table.untracked == 1)
        #expect(use(8, of: table, at: 1000) == 1)
    }

    @Test func `a rule does not match a key that is not tracked, and counts how often`() {
        let tally = makeTally(maximumKeys: 512) {
            $0.per = .ip
            $0.over = PaceSettings.Rate(0, per: .seconds(1))
            $0.hold = .seconds(3600)
        }
        // Each client is held at once: 512 places hold at most as many.
        let fires = (0..<5000).map { tally.decide(key($0), at: at(.zero)).fires }
        let tracked = UInt64(fires.count { $0 })
        #expect((500...512).contains(tracked))
        #expect(tally.matches == tracked)
        #expect(tally.untracked == 5000 - tracked)
        // The held ones still are.
        for client in 0..<5000 where fires[client] {
            #expect(tally.decide(key(client), at: at(.seconds(3599))).fires)
        }
    }

    @Test func `an evicted key that comes back starts at 0, with an empty window`() {
        let table = makeTable(slotWidth: 1)
        let over = Pace.Over(PaceSettings.Rate(1, per: .seconds(1)), hold: .zero)
        func isUnder(_ number: Int) -> Bool {
            table.withCell(tag(number), at: 0) { $0.count(over, at: 0) == .under } ?? false
        }
        #expect(isUnder(0))
        #expect(!isUnder(0))
        for number in 1...8 { #expect(isUnder(number)) }
        #expect(isUnder(0))
    }

    @Test(arguments: [(0, 40), (1, 120), (2, 184), (4, 312)])
    func `a key takes the bytes that are stated`(slotWidth: Int, bytes: Int) {
        let table = makeTable(slotWidth: slotWidth)
        #expect(table.maximumKeys == 512)
        #expect(table.bytes == 512 * bytes)
    }

    @Test func `a million keys keep their counts in a table for a million`() {
        let table = TallyTable(keys: 1_000_000, TallyLayout(slotWidth: 0))
        let bytes = table.bytes
        #expect(table.maximumKeys == 1 << 20)
        #expect(bytes == 40 << 20)
        var random = RandomSource(seed: 1)
        for _ in 0..<1_000_000 { table.withCell(random.next(), at: 0) { $0.count += 1 } }
        #expect(table.keys + table.evicted == 1_000_000)
        // Sets of eight are uneven: at 95 % of the limit one key in eight finds its set full.
        #expect(table.keys > 850_000)
        #expect(table.keys <= 1 << 20)
        random = RandomSource(seed: 2)
        for _ in 0..<1_000_000 { table.withCell(random.next(), at: 0) { $0.count += 1 } }
        #expect(table.keys + table.evicted == 2_000_000)
        #expect(table.keys <= 1 << 20)
        #expect(table.bytes == bytes)
    }

    @Test func `a table that is half full evicts hardly any key`() {
        let table = TallyTable(keys: 65_536, TallyLayout(slotWidth: 0))
        var random = RandomSource(seed: 3)
        for _ in 0..<32_768 { table.withCell(random.next(), at: 0) { $0.count += 1 } }
        #expect(table.evicted < 32_768 / 50)
    }
}
