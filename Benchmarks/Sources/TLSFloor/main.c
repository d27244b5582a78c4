// The floor under the TLS benchmark: OpenSSL on sockets, and just enough SMTP to be sent mail.
//
// One thread, one epoll, SSL_set_fd. It does less than a server must: it looks at a command's first
// letter, finds the end of content only at the end of what it has read, knows no deadline and no
// limit, and gives a connection up as soon as anything is amiss.
//
//   tls-floor CERTIFICATE KEY
//
// writes the port that it listens on to standard output.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room_size = 16384, events_max = 256 };

enum phase { handshaking, commands, data };

struct connection {
    SSL *ssl;
    int descriptor;
    enum phase phase;
    char verb;        // The first letter of the command that is under way.
    int has_verb;     // Whether there is one.
    char tail[5];     // The last bytes of content.
};

static char room[room_size];

static void fail(const char *what) {
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static SSL_CTX *make_context(const char *certificate, const char *key) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        fail("tls-floor: context");
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    // As much as there is room for, instead of a record's header and then its body: half the calls.
    SSL_CTX_set_read_ahead(context, 1);
    return context;
}

static void drop(struct connection *connection) {
    SSL_free(connection->ssl);
    close(connection->descriptor);
    free(connection);
}

static int say(struct connection *connection, const char *reply) {
    return SSL_write(connection->ssl, reply, (int)strlen(reply)) > 0;
}

// Returns 0 when the connection is to be closed.
static int obey(struct connection *connection, char verb) {
    switch (verb) {
    case 'D':
        connection->phase = data;
        memcpy(connection->tail, "\0\0\0\r\n", 5);
        return say(connection, "354 Go on\r\n");
    case 'Q':
        say(connection, "221 Bye\r\n");
        SSL_shutdown(connection->ssl);
        return 0;
    default:
        return say(connection, "250 OK\r\n");
    }
}

static int take(struct connection *connection, const char *bytes, int count) {
    if (connection->phase == data) {
        int kept = count < 5 ? count : 5;
        memmove(connection->tail, connection->tail + kept, (size_t)(5 - kept));
        memcpy(connection->tail + 5 - kept, bytes + count - kept, (size_t)kept);
        if (memcmp(connection->tail, "\r\n.\r\n", 5) != 0) return 1;
        connection->phase = commands;
        return say(connection, "250 OK\r\n");
    }
    const char *end = bytes + count;
    while (bytes < end && connection->phase == commands) {
        if (!connection->has_verb) connection->verb = *bytes;
        connection->has_verb = 1;
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        if (!newline) return 1;
        bytes = newline + 1;
        connection->has_verb = 0;
        if (!obey(connection, connection->verb)) return 0;
    }
    return bytes == end || take(connection, bytes, (int)(end - bytes));
}

// Reads until there is nothing more; returns 0 when the connection is over.
static int serve(struct connection *connection) {
    ERR_clear_error();
    if (connection->phase == handshaking) {
        int result = SSL_do_handshake(connection->ssl);
        if (result != 1) return SSL_get_error(connection->ssl, result) == SSL_ERROR_WANT_READ;
        connection->phase = commands;
        if (!say(connection, "220 floor ESMTP\r\n")) return 0;
    }
    for (;;) {
        int count = SSL_read(connection->ssl, room, room_size);
        if (count <= 0) return SSL_get_error(connection->ssl, count) == SSL_ERROR_WANT_READ;
        if (!take(connection, room, count)) return 0;
    }
}

static void admit(int poller, int listener, SSL_CTX *context) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    struct connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = connection};
    if (!connection) fail("tls-floor: connection");
    connection->descriptor = descriptor;
    connection->ssl = SSL_new(context);
    if (!connection->ssl || SSL_set_fd(connection->ssl, descriptor) != 1) fail("tls-floor: SSL");
    SSL_set_accept_state(connection->ssl);
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("tls-floor: epoll_ctl");
}

static int listen_anywhere(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    // Accepted sockets have it from their listener.
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        fail("tls-floor: listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    if (count < 3) return 64;
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    SSL_CTX *context = make_context(arguments[1], arguments[2]);
    int listener = listen_anywhere(), poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[events_max];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, events_max, -1);
        if (ready < 0 && errno != EINTR) fail("tls-floor: epoll_wait");
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection)
                admit(poller, listener, context);
            else if (!serve(connection))
                drop(connection);
        }
    }
}
