// swift-tools-version: 6.3
import PackageDescription

// What somebody else's package looks like that uses this one: only products, no settings.
let package = Package(
    name: "Downstream",
    dependencies: [.package(name: "blackhole", path: "../..")],
    targets: [
        .testTarget(
            name: "DownstreamTests",
            dependencies: ["Pipeline", "TLS", "SMTP", "SMTPTesting"].map {
                .product(name: $0, package: "blackhole")
            },
            path: "Tests")
    ]
)
