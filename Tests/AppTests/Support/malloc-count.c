// Counts the allocations of each thread, for LD_PRELOAD.
//
// On exit it writes a line for each thread, "NAME COUNT", to the file that MALLOC_COUNT_FILE names.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { threads_max = 4096 };

static struct thread {
    char name[16];
    unsigned long count;
} threads[threads_max];
static atomic_int thread_count;
static __thread struct thread *self __attribute__((tls_model("initial-exec")));

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void count(void) {
    if (!self) {
        int index = atomic_fetch_add(&thread_count, 1);
        if (index >= threads_max) abort();
        self = &threads[index];
    }
    self->count++;
    // Again and again, for a thread gets its name only when it runs already.
    prctl(PR_GET_NAME, self->name);
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    if (alignment % sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("MALLOC_COUNT_FILE");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file < 0) return;
    int total = atomic_load(&thread_count);
    for (int index = 0; index < total; index++)
        dprintf(file, "%s %lu\n", threads[index].name, threads[index].count);
    close(file);
}
