// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String) -> Target.Dependency {
    .product(name: name, package: "blackhole")
}

let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "smtp-load", targets: ["SMTPLoad"]),
        .executable(name: "nio-sink", targets: ["NIOSink"]),
    ],
    dependencies: [
        .package(name: "blackhole", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "SMTPLoad",
            dependencies: [
                library("BlackholePipeline"), library("BlackholeTLS"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "NIOSink",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SMTPLoadTests",
            dependencies: [
                "SMTPLoad", library("BlackholePipeline"), library("BlackholeTLS"),
                library("BlackholeSMTP"),
            ],
            swiftSettings: strict),
    ]
)
