// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// All that the targets do; a target of the main package, since it sees what is not public there.
let bodies = Target.Dependency.product(name: "_BlackholeFuzzBodies", package: "blackhole")

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "blackhole", path: "..")],
    targets: [
        .executableTarget(name: "Fuzzer", dependencies: [bodies], swiftSettings: strict),
        .executableTarget(name: "Replay", dependencies: [bodies], swiftSettings: strict),
    ]
)
