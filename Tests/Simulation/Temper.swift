/// How a client behaves: drawn once, from many that are good and some that are not.
struct Temper {
    enum Ending: CaseIterable {
        /// QUIT, and wait for the end.
        case quit
        /// QUIT with more behind it.
        case quitAndMore
        /// End one's own side, and wait for the replies that are owed.
        case halfClose
        /// Close without waiting.
        case leave
        case reset
        /// Say nothing any more, and wait for the server to lose its patience.
        case stall
    }

    enum Speech {
        /// Commands whose replies are known before.
        case dialogue
        /// Any bytes.
        case junk
    }

    var speech = Speech.dialogue
    var ending = Ending.quit
    /// How many commands are sent before their replies are waited for.
    var maximumBatch = 1
    /// Replies are never waited for, not even those to DATA.
    var isReckless = false
    /// Bytes in one write, and the pause between two.
    var maximumWrite = Int.max
    var writeGap: Int64 = 0
    /// Bytes in one read, and the pause between two; 0 where nothing is ever read.
    var maximumRead = Int.max
    var readGap: Int64 = 0
    /// The longest pause between two batches.
    var maximumThink: Int64
    var maximumCommands: Int
    var greeting = Greeting.prompt

    init(_ dice: inout Dice) {
        maximumThink = Int64(dice.drawWide(1_000...3_000_000_000))
        maximumCommands = dice.drawWide(1...60)
        let ways = dice.below(100)
        if ways < 35 {
            maximumBatch = dice.draw(2...50)
        } else if ways < 45 {
            maximumBatch = dice.draw(1...100)
            isReckless = true
        } else if ways < 50 {
            speech = .junk
        }
        if dice.below(8) == 0 {
            maximumWrite = dice.drawWide(1...20)
            writeGap = Int64(dice.drawWide(1_000...500_000_000))
        }
        let reading = dice.below(100)
        if reading < 10 {
            maximumRead = dice.drawWide(1...100)
            readGap = Int64(dice.drawWide(1_000...200_000_000))
        } else if reading < 13 {
            maximumRead = 0
            isReckless = true
            maximumCommands = 1000
        }
        if dice.below(2) == 0 { ending = Ending.allCases[dice.below(Ending.allCases.count)] }
        if dice.below(12) == 0 { greeting = Greeting.allCases[dice.below(Greeting.allCases.count)] }
        if speech == .junk { isReckless = true }
    }
}
