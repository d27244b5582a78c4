extension Setting {
    /// The setting whose name is so near that it was probably meant.
    package static func nearest(
        to name: String, among settings: [Setting] = all.filter(\.isForFile)
    ) -> Setting? {
        let name = Array(name.lowercased().prefix(40))
        let near =
            settings
            .map { (setting: $0, distance: distance(name, Array($0.name))) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, near.setting.name.count / 3) else { return nil }
        return near.setting
    }

    /// How many letters have to be added, removed, changed or swapped with the next.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var least = min(
                    row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
