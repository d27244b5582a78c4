package import BlackholeHTTP

extension HTTPResponse {
    /// The content, from so many bytes on, is compressed: less gains no packet.
    private static var minimumBytes: Int { 1024 }

    /// The response, compressed where the client takes that and it pays.
    ///
    /// What has a strong ETag is left alone, since that names these very bytes (RFC 9110 §8.8.3.3); so is
    /// what is coded already. A response that another client would get in another form says so (Vary).
    /// Streams are never compressed: they do not come here.
    package func compressed(for request: HTTPRequest) -> HTTPResponse {
        let codings = AcceptedCodings(request.fields)
        let pays = body.count >= Self.minimumBytes && isCompressible
        guard !body.isEmpty, pays || codings.needsGzip, fields["content-encoding"] == nil,
            fields["etag"]?.hasPrefix("W/") ?? true
        else { return self }
        var response = self
        response.fields.append("vary", "accept-encoding")
        guard codings.prefersGzip || codings.needsGzip, let compressed = Gzip.compressed(body),
            compressed.count < body.count || codings.needsGzip
        else { return response }
        response.body = compressed
        response.fields.append("content-encoding", "gzip")
        return response
    }

    /// Whether its type is one of text, in the wider sense.
    private var isCompressible: Bool {
        let type = fields["content-type"]?.lowercased().prefix { $0 != ";" && $0 != " " } ?? ""
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/javascript", "application/xml"].contains(type)
    }
}
