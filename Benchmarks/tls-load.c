// The load of the TLS benchmark: one process that handshakes, sends mail or sits idle under TLS.
//
//   tls-load PORT full COUNT                      COUNT connections: handshake, greeting, QUIT
//   tls-load PORT resumed COUNT                   the same, each resumed from the one before
//   tls-load PORT content COUNT OCTETS CONNECTIONS
//                                                 COUNT messages over so many connections
//   tls-load PORT idle COUNT                      COUNT connections held until standard input ends
//   tls-load PORT cipher COUNT                    what COUNT connections agree on, a line each
//
// Idle writes a line when all of them are held. It ends with 1 when anything goes otherwise than it
// should.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { message_max = 1000000, piece_size = 16000, line_size = 80, connections_max = 64 };

static SSL_CTX *context;
static int port;
static char content[message_max];
static char reply[4096];

static _Noreturn void fail(const char *what) {
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static int open_socket(void) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 60};
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        fail("tls-load: connect");
    return descriptor;
}

// Reads a whole reply, which must begin with the code.
static void expect(SSL *ssl, const char *code) {
    int held = 0, line = 0;
    for (;;) {
        int count = SSL_read(ssl, reply + held, (int)sizeof reply - 1 - held);
        if (count <= 0) fail("tls-load: no reply");
        held += count;
        reply[held] = 0;
        // The last line of a reply has a space behind its code.
        for (char *end; (end = strstr(reply + line, "\r\n")); line = (int)(end - reply) + 2) {
            if (strncmp(reply + line, code, 3) != 0) fail(reply);
            if (reply[line + 3] == ' ') return;
        }
    }
}

static void say(SSL *ssl, const char *octets, int count) {
    if (SSL_write(ssl, octets, count) != count) fail("tls-load: write");
}

static void ask(SSL *ssl, const char *command, const char *code) {
    say(ssl, command, (int)strlen(command));
    expect(ssl, code);
}

// Connects and shakes hands, and reads the greeting.
static SSL *greet(SSL_SESSION *session) {
    int descriptor = open_socket();
    SSL *ssl = SSL_new(context);
    if (!ssl || SSL_set_fd(ssl, descriptor) != 1) fail("tls-load: SSL");
    if (session) SSL_set_session(ssl, session);
    if (SSL_connect(ssl) != 1) fail("tls-load: handshake");
    if (SSL_session_reused(ssl) != (session != NULL)) fail("tls-load: resumption");
    expect(ssl, "220");
    return ssl;
}

// Says QUIT and waits for the end of the stream, which close_notify must tell of.
static void quit(SSL *ssl) {
    int descriptor = SSL_get_fd(ssl);
    ask(ssl, "QUIT\r\n", "221");
    int count = SSL_read(ssl, reply, sizeof reply);
    if (count > 0 || SSL_get_error(ssl, count) != SSL_ERROR_ZERO_RETURN) fail("tls-load: the end");
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(descriptor);
}

static void shake_hands(int count) {
    for (int number = 0; number < count; number++) quit(greet(NULL));
}

static void resume(int count) {
    if (count == 0) return;
    SSL *ssl = greet(NULL);
    for (int number = 0; number < count; number++) {
        SSL_SESSION *session = SSL_get1_session(ssl);
        quit(ssl);
        ssl = greet(session);
        SSL_SESSION_free(session);
    }
    quit(ssl);
}

static void make_content(int message_size) {
    if (message_size < line_size || message_size > message_max) exit(64);
    memset(content, 'x', sizeof content);
    for (int end = line_size; end <= message_size; end += line_size)
        memcpy(content + end - 2, "\r\n", 2);
    memcpy(content + message_size - 5, "\r\n.\r\n", 5);
}

// Sends messages over all the connections at once, a piece to each in turn.
static void send_content(int count, int message_size, int connection_count) {
    SSL *connections[connections_max];
    if (connection_count < 1 || connection_count > connections_max) exit(64);
    make_content(message_size);
    for (int index = 0; index < connection_count; index++) {
        connections[index] = greet(NULL);
        ask(connections[index], "EHLO load\r\n", "250");
    }
    for (int left = count; left > 0; left -= connection_count) {
        int sending = left < connection_count ? left : connection_count;
        for (int index = 0; index < sending; index++) {
            ask(connections[index], "MAIL FROM:<a@b.example>\r\n", "250");
            ask(connections[index], "RCPT TO:<c@d.example>\r\n", "250");
            ask(connections[index], "DATA\r\n", "354");
        }
        for (int offset = 0; offset < message_size; offset += piece_size) {
            int rest = message_size - offset;
            for (int index = 0; index < sending; index++)
                say(connections[index], content + offset, rest < piece_size ? rest : piece_size);
        }
        for (int index = 0; index < sending; index++) expect(connections[index], "250");
    }
    for (int index = 0; index < connection_count; index++) quit(connections[index]);
}

static void tell_cipher(void) {
    SSL *ssl = greet(NULL);
    EVP_PKEY *key = NULL;
    char group[64] = "?";
    if (SSL_get_peer_tmp_key(ssl, &key) == 1 &&
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
        snprintf(group, sizeof group, "%s", EVP_PKEY_get0_type_name(key));
    printf("%s %s %s\n", SSL_get_version(ssl), SSL_get_cipher_name(ssl), group);
    fflush(stdout);
    EVP_PKEY_free(key);
    quit(ssl);
}

static void hold(int count) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int number = 0; number < count; number++)
        ask(greet(NULL), "EHLO load\r\n", "250");
    puts("held");
    fflush(stdout);
    while (getchar() != EOF) {}
}

int main(int count, char **arguments) {
    if (count < 4) return 64;
    signal(SIGPIPE, SIG_IGN);
    port = atoi(arguments[1]);
    const char *mode = arguments[2];
    int number = atoi(arguments[3]);
    context = SSL_CTX_new(TLS_client_method());
    if (!context) fail("tls-load: context");
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    if (strcmp(mode, "full") == 0) {
        shake_hands(number);
    } else if (strcmp(mode, "resumed") == 0) {
        resume(number);
    } else if (strcmp(mode, "content") == 0 && count > 5) {
        send_content(number, atoi(arguments[4]), atoi(arguments[5]));
    } else if (strcmp(mode, "idle") == 0) {
        hold(number);
    } else if (strcmp(mode, "cipher") == 0) {
        for (; number > 0; number--) tell_cipher();
    } else {
        return 64;
    }
    return 0;
}
