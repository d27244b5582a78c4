// Put before Swift's libraries (LD_PRELOAD), lets ThreadSanitizer see Synchronization.Mutex.
//
// Where a lock is free, Swift 6.3 takes it by atomic operations in the caller, which are instrumented.
// Where it is contended, it calls these two functions of its library, which is not: the order that
// they give was not seen, and two turns were taken for a race. The names are mangled
// `_MutexHandle._lockSlow(UInt32)` and `_MutexHandle._unlockSlow()`, both called as Swift does, with
// the lock for `self`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context)) void *

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF);
typedef __attribute__((swiftcall)) void unlock_slow(SELF);

// Of ThreadSanitizer; missing in the programs that are not sanitized.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static lock_slow *real_lock;
static unlock_slow *real_unlock;

__attribute__((constructor)) static void find(void) {
    real_lock = (lock_slow *)dlsym(RTLD_NEXT, LOCK);
    real_unlock = (unlock_slow *)dlsym(RTLD_NEXT, UNLOCK);
}

lock_slow seen_lock __asm__(LOCK);
unlock_slow seen_unlock __asm__(UNLOCK);

__attribute__((swiftcall)) void seen_lock(uint32_t thread, SELF lock) {
    real_lock(thread, lock);
    if (__tsan_acquire) __tsan_acquire(lock);
}

__attribute__((swiftcall)) void seen_unlock(SELF lock) {
    if (__tsan_release) __tsan_release(lock);
    real_unlock(lock);
}
