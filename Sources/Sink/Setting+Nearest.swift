internal import BlackholeRules

extension Setting {
    /// The setting whose name is so near that it was probably meant.
    package static func nearest(
        to name: String, among settings: [Setting] = all.filter(\.isForFile)
    ) -> Setting? {
        let name = Array(name.lowercased().prefix(40))
        let near =
            settings
            .map { (setting: $0, distance: Suggestion.distance(name, Array($0.name))) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, near.setting.name.count / 3) else { return nil }
        return near.setting
    }
}
