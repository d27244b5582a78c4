/// The names that come most often, in a table of bounded size.
///
/// A name that comes when the table is full takes the place of the rarest one, and inherits its count as
/// an error (Metwally et al., Space-Saving): a name that comes more often than one in ``capacity`` times is
/// in the table, whatever else comes.
package struct BusiestNames: Sendable {
    /// A name, and how often it was seen at least.
    package typealias Row = (name: String, count: Int)

    /// The names that there is room for.
    package static let capacity = 128
    /// The bytes of a name that are kept: more than a domain or an address has.
    private static let maximumBytes = 255

    private struct Cell {
        var count: Int
        /// How much of the count may be another name's.
        var error: Int
    }

    private var cells: [String: Cell] = [:]

    package init() {}

    /// Counts a name; an empty one, or one that is too long, is nobody's.
    package mutating func add(_ name: String) {
        guard !name.isEmpty, name.utf8.count <= BusiestNames.maximumBytes else { return }
        if let place = cells.index(forKey: name) {
            cells.values[place].count += 1
            return
        }
        guard cells.count == BusiestNames.capacity,
            let rarest = cells.min(by: { $0.value.count < $1.value.count })
        else {
            cells[name] = Cell(count: 1, error: 0)
            return
        }
        cells[rarest.key] = nil
        cells[name] = Cell(count: rarest.value.count + 1, error: rarest.value.count)
    }

    /// The names, the busiest first.
    package var rows: [Row] {
        BusiestNames.sorted(cells.mapValues { $0.count - $0.error })
    }

    /// The rows of several tables together, the busiest first.
    package static func merged(_ tables: [[Row]]) -> [Row] {
        sorted(
            tables.joined().reduce(into: [:]) { sums, row in sums[row.name, default: 0] += row.count
            })
    }

    private static func sorted(_ counts: [String: Int]) -> [Row] {
        counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}
