#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "die.h"
#include "unpack.h"

/* No call takes a directory's descriptor and a name: the way goes through /proc. */
static int set_by_name(int parent, const char *name, const char *attribute, const char *value, size_t size) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", parent, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return lsetxattr(path, attribute, value, size, 0);
}

static bool is_optional(const char *attribute) {
    return errno == ENOTSUP || (errno == EPERM && strncmp(attribute, "user.", 5) == 0);
}

void unpack_attributes(const struct unpack_item *item, int fd, int parent, const char *name, bool needed) {
    const char *at = item->attributes, *end = at + item->record.attributes_length;
    while (at < end) {
        uint32_t sizes[2];
        char attribute[XATTR_NAME_MAX + 2];
        if ((size_t)(end - at) < sizeof sizes)
            die(125, "unpacking: malformed attributes");
        memcpy(sizes, at, sizeof sizes);
        at += sizeof sizes;
        if ((uint64_t)sizes[0] + sizes[1] > (uint64_t)(end - at))
            die(125, "unpacking: malformed attributes");
        /* one character more than is allowed: the kernel says so */
        size_t length = sizes[0] < sizeof attribute ? sizes[0] : sizeof attribute - 1;
        memcpy(attribute, at, length);
        attribute[length] = '\0';
        const char *value = at + sizes[0];
        int result = fd >= 0 ? fsetxattr(fd, attribute, value, sizes[1], 0)
                             : set_by_name(parent, name, attribute, value, sizes[1]);
        if (result < 0) {
            if (needed || !is_optional(attribute)) {
                char action[XATTR_NAME_MAX + 32];
                int error = errno;
                snprintf(action, sizeof action, "extended attribute \"%s\"", attribute);
                errno = error;
                unpack_answer_failure(action, item->path);
            }
            unpack_answer_warning(attribute);
        }
        at = value + sizes[1];
    }
}
