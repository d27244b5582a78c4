internal import BlackholeHTTP

/// A file of the page, embedded into the program.
struct PageFile {
    /// Its name in `Sources/Console/Page`.
    let name: String
    private let bytes: [UInt8]

    /// What the console's API is, for other programs (OpenAPI 3.1).
    static var openAPI: [UInt8] { PackageResources.openapi_json }

    /// All of them; the first one is the page itself.
    static let all: [PageFile] = [
        PageFile(name: "index.html", bytes: PackageResources.index_html),
        PageFile(name: "api.js", bytes: PackageResources.api_js),
        PageFile(name: "browser.js", bytes: PackageResources.browser_js),
        PageFile(name: "chart.js", bytes: PackageResources.chart_js),
        PageFile(name: "dom.js", bytes: PackageResources.dom_js),
        PageFile(name: "editor.js", bytes: PackageResources.editor_js),
        PageFile(name: "filters.js", bytes: PackageResources.filters_js),
        PageFile(name: "format.js", bytes: PackageResources.format_js),
        PageFile(name: "frame.js", bytes: PackageResources.frame_js),
        PageFile(name: "icon.svg", bytes: PackageResources.icon_svg),
        PageFile(name: "list.js", bytes: PackageResources.list_js),
        PageFile(name: "main.js", bytes: PackageResources.main_js),
        PageFile(name: "message.js", bytes: PackageResources.message_js),
        PageFile(name: "messages.js", bytes: PackageResources.messages_js),
        PageFile(name: "now.js", bytes: PackageResources.now_js),
        PageFile(name: "report.js", bytes: PackageResources.report_js),
        PageFile(name: "rules.js", bytes: PackageResources.rules_js),
        PageFile(name: "sessions.js", bytes: PackageResources.sessions_js),
        PageFile(name: "stream.js", bytes: PackageResources.stream_js),
        PageFile(name: "style.css", bytes: PackageResources.style_css),
        PageFile(name: "tabs.js", bytes: PackageResources.tabs_js),
        PageFile(name: "theme.js", bytes: PackageResources.theme_js),
        PageFile(name: "why.js", bytes: PackageResources.why_js),
    ]

    private var contentType: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        default: "image/svg+xml; charset=utf-8"
        }
    }

    /// The file as a response.
    var response: HTTPResponse {
        HTTPResponse(
            200,
            [
                "content-type": contentType, "content-security-policy": ContentPolicy.page,
                "cross-origin-opener-policy": "same-origin", "cache-control": "no-cache",
            ], body: bytes)
    }
}

extension Route {
    /// The page, and each of its files.
    static let page: [Route] =
        [Route("/", ("GET", { _ throws(Problem) in .response(PageFile.all[0].response) }))]
        + PageFile.all.dropFirst().map { file in
            Route("/\(file.name)", ("GET", { _ throws(Problem) in .response(file.response) }))
        }
        + [Route("/favicon.ico", ("GET", { _ throws(Problem) in .response(HTTPResponse(204)) }))]
}
