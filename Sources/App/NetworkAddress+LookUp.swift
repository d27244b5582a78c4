import BlackholeCLinux
import BlackholePipeline
import Glibc

extension NetworkAddress {
    /// The addresses that a host stands for: itself if it is numeric or a unix-domain path,
    /// otherwise what the resolver says; none if that knows nothing.
    static func lookUp(_ host: String, port: UInt16) -> [NetworkAddress] {
        if let address = NetworkAddress(host, port: port) { return [address] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG | AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { entry in
                guard let info = entry?.pointee else { return nil }
                var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
                let code = getnameinfo(
                    info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0,
                    NI_NUMERICHOST)
                guard code == 0 else { return nil }
                let text = String(
                    decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return NetworkAddress(text, port: port)
            }
    }
}
