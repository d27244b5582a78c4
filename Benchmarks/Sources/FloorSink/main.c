// The floor under the benchmark: what an SMTP sink costs that is written straight down in C.
//
// One thread, one epoll, edge-triggered; a connection is read until there is nothing more, as
// epoll(7) has it, and the replies to what one read brought leave in one write. Content is searched
// for its end by memchr, at the speed of memory, wherever the reads cut it.
//
// It does less than a server must: no deadline, no limit on content or recipients, no order of
// commands, no check of an address or a parameter, no log, no counters, no TLS. A peer that does not
// read its replies is given up as soon as the socket is full, and so is one with an endless line.
//
// And it is naive about segments and system calls: it hears from the kernel that there is nothing
// more to read (one `recv` more each time that a peer speaks, 2 to 3 % of a small message), sends
// the 221 and the FIN apart, and reads content into memory only to drop it.
//
//   floor-sink
//
// listens on a port of the kernel's choice on 127.0.0.1, and writes it to standard output.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { line_max = 2048, room_size = 256 * 1024, replies_size = 64 * 1024, events_max = 512 };

enum phase { commands, data, chunk };

struct connection {
    int descriptor;
    unsigned char phase;
    unsigned char matched;  // How many bytes of CR LF . CR LF the content ends in so far.
    char *line;             // The command that has begun, if any is unfinished.
    size_t line_count;
    size_t chunk_left;
};

static char room[room_size];
static char replies[replies_size];
static size_t replies_count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void drop(struct connection *connection) {
    close(connection->descriptor);
    free(connection->line);
    free(connection);
}

// Returns 0 when the peer does not take it.
static int flush(struct connection *connection) {
    size_t count = replies_count;
    replies_count = 0;
    if (count == 0) return 1;
    return send(connection->descriptor, replies, count, MSG_NOSIGNAL) == (ssize_t)count;
}

static int say(struct connection *connection, const char *reply) {
    size_t count = strlen(reply);
    if (replies_count + count > replies_size && !flush(connection)) return 0;
    memcpy(replies + replies_count, reply, count);
    replies_count += count;
    return 1;
}

static int is_verb(const char *line, size_t count, const char *verb) {
    return count >= 4 && strncasecmp(line, verb, 4) == 0;
}

// Obeys a command without its CR LF; returns 0 when the connection is over.
static int obey(struct connection *connection, const char *line, size_t count) {
    if (is_verb(line, count, "MAIL") || is_verb(line, count, "RCPT") ||
        is_verb(line, count, "RSET") || is_verb(line, count, "NOOP"))
        return say(connection, "250 2.0.0 OK\r\n");
    if (is_verb(line, count, "DATA")) {
        connection->phase = data;
        connection->matched = 2;  // A dot in the first line ends the content, too.
        return say(connection, "354 Go on\r\n");
    }
    if (is_verb(line, count, "BDAT")) {
        connection->phase = chunk;
        connection->chunk_left = strtoul(line + 4, NULL, 10);
        return 1;
    }
    if (is_verb(line, count, "EHLO"))
        return say(connection, "250-floor.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
                               "250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n");
    if (is_verb(line, count, "HELO")) return say(connection, "250 floor.example\r\n");
    if (is_verb(line, count, "QUIT")) {
        if (say(connection, "221 2.0.0 Bye\r\n")) flush(connection);
        return 0;
    }
    return say(connection, "500 5.5.2 What?\r\n");
}

// Takes a command that is whole now, or keeps what has come of it. Returns how many bytes it took,
// or -1 when the connection is over.
static ssize_t take_line(struct connection *connection, const char *bytes, size_t count) {
    const char *newline = memchr(bytes, '\n', count);
    size_t taken = newline ? (size_t)(newline - bytes) + 1 : count;
    const char *line = bytes;
    size_t line_count = taken;
    if (!newline || connection->line) {
        if (!connection->line && !(connection->line = malloc(line_max + 1))) return -1;
        if (connection->line_count + taken > line_max) return -1;
        memcpy(connection->line + connection->line_count, bytes, taken);
        line_count = connection->line_count += taken;
        line = connection->line;
        connection->line[line_count] = 0;
    }
    if (!newline) return (ssize_t)taken;
    int goes_on = obey(connection, line, line_count);
    if (line == connection->line) {
        free(connection->line);
        connection->line = NULL;
        connection->line_count = 0;
    }
    return goes_on ? (ssize_t)taken : -1;
}

// Takes content up to its end.
static ssize_t take_data(struct connection *connection, const char *bytes, size_t count) {
    static const char ending[] = "\r\n.\r\n";
    const char *at = bytes, *end = bytes + count;
    unsigned char matched = connection->matched;
    while (at < end && matched < 5) {
        if (matched == 0 && !(at = memchr(at, '\r', (size_t)(end - at)))) break;
        matched = *at == ending[matched] ? matched + 1 : *at == '\r';
        at++;
    }
    connection->matched = matched;
    if (matched < 5) return (ssize_t)count;
    connection->phase = commands;
    return say(connection, "250 2.0.0 OK\r\n") ? at - bytes : -1;
}

static ssize_t take_chunk(struct connection *connection, size_t count) {
    size_t taken = count < connection->chunk_left ? count : connection->chunk_left;
    connection->chunk_left -= taken;
    if (connection->chunk_left > 0) return (ssize_t)taken;
    connection->phase = commands;
    return say(connection, "250 2.0.0 OK\r\n") ? (ssize_t)taken : -1;
}

// Takes all that has come; returns 0 when the connection is over.
static int take(struct connection *connection, const char *bytes, size_t count) {
    const char *end = bytes + count;
    while (bytes < end || (connection->phase == chunk && connection->chunk_left == 0)) {
        size_t left = (size_t)(end - bytes);
        ssize_t taken = connection->phase == commands ? take_line(connection, bytes, left)
                        : connection->phase == data   ? take_data(connection, bytes, left)
                                                      : take_chunk(connection, left);
        if (taken < 0) return 0;
        bytes += taken;
    }
    return flush(connection);
}

// Reads until there is nothing more; returns 0 when the connection is over.
static int serve(struct connection *connection) {
    for (;;) {
        ssize_t count = recv(connection->descriptor, room, room_size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count < 0 && errno == EAGAIN;
        if (!take(connection, room, (size_t)count)) {
            replies_count = 0;
            return 0;
        }
    }
}

static void admit(int poller, int listener) {
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = connection};
        if (!connection) fail("floor-sink: connection");
        connection->descriptor = descriptor;
        if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0)
            fail("floor-sink: epoll_ctl");
        if (!say(connection, "220 floor.example ESMTP\r\n") || !flush(connection)) drop(connection);
    }
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
        fail("floor-sink: listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

// So that what is preloaded can report.
static void stop(int signal) {
    (void)signal;
    exit(0);
}

int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGTERM, stop);

    int listener = listen_anywhere(), poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    struct epoll_event events[events_max];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, events_max, -1);
        if (ready < 0 && errno != EINTR) fail("floor-sink: epoll_wait");
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection)
                admit(poller, listener);
            else if (!serve(connection))
                drop(connection);
        }
    }
}
