extension Route {
    /// All that the console answers: what the OpenAPI document describes, and the page's files.
    static let all: [Route] =
        [
            Route("/livez", ("GET", Server.live)),
            Route("/readyz", ("GET", Server.ready)),
            Route("/metrics", ("GET", Server.metrics)),
            Route("/api/server", ("GET", Server.server)),
            Route("/api/rates", ("GET", Server.rates)),
            Route("/api/openapi.json", ("GET", Server.openAPI)),
            Route("/api/report", ("GET", Server.report)),
            Route("/api/cursor", ("GET", Waits.cursor)),
            Route("/api/wait", ("GET", Waits.wait)),
            Route("/api/events", ("GET", Waits.events)),
            Route("/api/sessions", ("GET", Entries.sessions)),
            Route("/api/sessions/{id}", ("GET", Entries.session)),
            Route("/api/messages", ("GET", Entries.entries)),
            Route("/api/messages/{id}", ("GET", Entries.entry)),
            Route(
                "/api/rules", ("GET", RuleRoutes.list), ("PUT", RuleRoutes.replace),
                ("POST", RuleRoutes.insert)),
            Route("/api/rules/{id}", ("DELETE", RuleRoutes.delete)),
            Route("/api/check", harmless: ["POST"], ("POST", RuleRoutes.check)),
            Route("/api/explain", harmless: ["POST"], ("POST", RuleRoutes.explain)),
        ] + mailpit + page

    /// Mailpit's paths.
    private static let mailpit: [Route] = [
        Route(
            "/api/v1/messages", ("GET", Mailbox.list), ("PUT", Mailbox.mark),
            ("DELETE", Mailbox.delete)),
        Route("/api/v1/search", ("GET", Mailbox.search), ("DELETE", Mailbox.deleteFound)),
        Route("/api/v1/message/{id}", ("GET", MailRoutes.message)),
        Route("/api/v1/message/{id}/headers", ("GET", MailRoutes.headers)),
        Route("/api/v1/message/{id}/raw", ("GET", MailRoutes.raw)),
        Route("/api/v1/message/{id}/part/{part}", ("GET", MailRoutes.part)),
        Route("/view/{name}", ("GET", MailRoutes.view)),
        Route("/api/v1/info", ("GET", Mailpit.info)),
        Route("/api/v1/webui", ("GET", Mailpit.webUI)),
        Route("/api/v1/tags", ("GET", Mailpit.tags)),
        Route("/api/v1/chaos", ("GET", Mailpit.chaos), ("PUT", Mailpit.setChaos)),
        Route("/api/v1/send", ("POST", Mailpit.sendsNothing)),
        Route("/api/v1/message/{id}/release", ("POST", Mailpit.sendsNothing)),
        Route("/api/v1/message/{id}/html-check", ("GET", Mailpit.checksNothing)),
        Route("/api/v1/message/{id}/link-check", ("GET", Mailpit.checksNothing)),
        Route("/api/v1/message/{id}/sa-check", ("GET", Mailpit.checksNothing)),
    ]
}

extension Console {
    /// The paths of the API, `{name}` for a segment, with the methods of each.
    package static var paths: [String: [String]] {
        let files = Set(Route.page.map(\.path))
        let routes = Route.all.filter { !files.contains($0.path) }
        return Dictionary(uniqueKeysWithValues: routes.map { ($0.path, $0.methods.map(\.name)) })
    }
}
