internal import BlackholeHTTP

/// What is asked of the server as a whole.
enum Server {
    static let live: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(HTTPResponse(200))
    }

    static let ready: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(
            call.console.meters.isReady
                ? HTTPResponse(200) : HTTPResponse.text(503, "Service Unavailable"))
    }

    static let metrics: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let format = MetricsFormat(
            accept: call.request.fields.values(of: "accept").joined(separator: ","))
        let families = call.console.meters.families() + call.console.families
        var response = HTTPResponse(200, body: Array(format.text(families).utf8))
        response.fields.append("content-type", format.contentType)
        response.fields.append("vary", "accept")
        return .response(response)
    }

    static let server: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let console = call.console
        return .response(
            .json([
                "name": .string(console.settings.name),
                "version": .string(console.settings.version),
                "now": .string(Timestamp.now.description),
                "started": .string(console.started.description),
                "listeners": .array(console.meters.listeners.map(\.json)),
                "writable": .bool(console.canChangeRules), "keep": .integer(console.settings.keep),
                "track": false,
            ]))
    }

    static let rates: Route.Handler = { call throws(Problem) in
        var query = call.query
        let count = try query.number("seconds") ?? 600
        try query.finish()
        return .response(.json(["rates": .array(call.console.seconds(min(count, 600)))]))
    }

    static let openAPI: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(
            HTTPResponse(200, ["content-type": "application/json"], body: PageFile.openAPI))
    }

    /// Nothing is tracked, so there are no runs.
    static let report: Route.Handler = { call throws(Problem) in
        var query = call.query
        let run = try query.text("run")
        try query.finish()
        if run != nil { throw Problem(404, "there is no such run") }
        return .response(.json(["schema": 1, "runs": .array([])]))
    }
}
