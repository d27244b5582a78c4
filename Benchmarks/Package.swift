// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "nio-sink", targets: ["NIOSink"]),
        .executable(name: "floor-sink", targets: ["FloorSink"]),
        .executable(name: "tls-floor", targets: ["TLSFloor"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
    ],
    targets: [
        .executableTarget(
            name: "NIOSink",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .executableTarget(name: "FloorSink"),
        .executableTarget(
            name: "TLSFloor",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    ]
)
