// What needs headers that Swift's Glibc module has, too: in CLinux.h they would hide those.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int clinux_give_socket(const char *path, uid_t user, gid_t group) {
    int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return -1;
    struct stat status;
    int result = fstat(file, &status);
    if (result == 0 && (!S_ISSOCK(status.st_mode) || status.st_uid != geteuid() ||
                        status.st_nlink != 1)) {
        errno = ESTALE;
        result = -1;
    }
    if (result == 0) result = fchownat(file, "", user, group, AT_EMPTY_PATH);
    int code = errno;
    close(file);
    errno = code;
    return result;
}
