// What Swift's Glibc module leaves out of Linux: epoll, eventfd, accept4, what a process may do and
// a few macros that are not plain constants.
#ifndef CLINUX_H
#define CLINUX_H

// No _GNU_SOURCE here: it changes fd_set, and then this module's headers contradict those of Swift's
// own Glibc module wherever both are loaded. The functions that hide behind it are declared below.

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// Of fcntl.h, which is the Glibc module's; it hides them behind _GNU_SOURCE.
#define CLINUX_O_PATH 010000000
#define CLINUX_AT_EMPTY_PATH 0x1000

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);
extern int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
extern int getresgid(gid_t *real, gid_t *effective, gid_t *saved);
extern int close_range(unsigned first, unsigned last, int flags);

static inline int clinux_accept4(int descriptor, struct sockaddr *address, socklen_t *length) {
    return accept4(descriptor, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int clinux_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static inline int clinux_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

static inline int clinux_epoll_add(int poller, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

// Waits to the nanosecond, as far as the machine can; ENOSYS before Linux 5.11.
static inline int clinux_epoll_wait(int poller, struct epoll_event *events, int room,
                                    int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return (int)syscall(SYS_epoll_pwait2, poller, events, room, &time, NULL, 0);
}

static inline int clinux_epoll_change(int poller, int descriptor, uint32_t events,
                                      uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event);
}

static inline int clinux_epoll_remove(int poller, int descriptor) {
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, 0);
}

// The processors that this process may run on; 0 if the kernel does not say.
static inline int clinux_processors(void) {
    uint64_t mask[128] = {0};
    if (syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) < 0) return 0;
    int count = 0;
    for (int index = 0; index < 128; index++) count += __builtin_popcountll(mask[index]);
    return count;
}

// Gives the system what malloc has that nobody uses.
static inline void clinux_release_memory(void) {
    malloc_trim(0);
}

static inline void clinux_set_thread_name(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

// From here on no program that the process starts has more rights than it.
static inline int clinux_renounce_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// From here on nobody but root may look into the process, and it leaves no core dump.
static inline int clinux_hide_memory(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
