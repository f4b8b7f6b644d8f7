#include "container_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree.h"

/* linux/mount.h and sys/mount.h exclude each other in some C libraries. */
int mount(const char *, const char *, const char *, unsigned long, const void *);

#define PROPAGATION (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

struct fd_path {
    char text[32];
};

static struct fd_path path_of(int fd) {
    struct fd_path path;
    snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
    return path;
}

int mounts_open(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int fd;
    do
        fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    while (fd < 0 && errno == EAGAIN); /* a rename went on meanwhile */
    return fd;
}

int mounts_open_below(int directory, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd;
    do
        fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    while (fd < 0 && errno == EAGAIN);
    return fd;
}

static int make_last(int parent, const char *name, bool is_directory) {
    if (is_directory)
        return mkdirat(parent, name, 0755);
    autoclose int made = openat(parent, name, O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, 0644);
    return made < 0 ? -1 : 0;
}

int mounts_target(int root, const char *path, int is_directory) {
    int fd = mounts_open(root, path);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    size_t slash = length;
    while (slash > 0 && path[slash - 1] != '/')
        slash--;
    autofree char *parent = strndup(path, slash);
    autofree char *name = strndup(path + slash, length - slash);
    if (!parent || !name)
        die(125, "out of memory");
    autoclose int above = mounts_target(root, slash ? parent : "/", true);
    if (above < 0 || (make_last(above, name, is_directory) < 0 && errno != EEXIST))
        return -1;
    return mounts_open(root, path);
}

/* mount_setattr(2) only adds: flags that an outer user namespace has locked stay as they are. */
static int add_attributes(int fd, unsigned long flags, bool recursive) {
    struct mount_attr attributes = {0};
    attributes.attr_set =
        (flags & MS_RDONLY ? MOUNT_ATTR_RDONLY : 0) | (flags & MS_NOSUID ? MOUNT_ATTR_NOSUID : 0) |
        (flags & MS_NODEV ? MOUNT_ATTR_NODEV : 0) | (flags & MS_NOEXEC ? MOUNT_ATTR_NOEXEC : 0) |
        (flags & MS_NODIRATIME ? MOUNT_ATTR_NODIRATIME : 0);
    if (flags & (MS_NOATIME | MS_STRICTATIME)) {
        attributes.attr_clr = MOUNT_ATTR__ATIME;
        attributes.attr_set |= flags & MS_NOATIME ? MOUNT_ATTR_NOATIME : MOUNT_ATTR_STRICTATIME;
    }
    if (!attributes.attr_set)
        return 0;
    unsigned at = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_mount_setattr, fd, "", at, &attributes, sizeof attributes);
}

/* Before kernel 5.12: a remount, which has to repeat the flags that are there. */
static int remount(int fd, unsigned long flags) {
    struct statvfs now;
    if (fstatvfs(fd, &now) < 0)
        return -1;
    unsigned long kept =
        now.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME);
    if (now.f_flag & ST_RELATIME)
        kept |= MS_RELATIME;
    return mount(NULL, path_of(fd).text, NULL, MS_REMOUNT | MS_BIND | kept | flags, NULL);
}

static int restrict_mount(int fd, unsigned long flags, bool recursive) {
    unsigned long wanted =
        flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_STRICTATIME);
    if (!wanted || add_attributes(fd, wanted, recursive) == 0)
        return 0;
    return errno == ENOSYS ? remount(fd, wanted) : -1;
}

static bool is_directory(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        die_errno(125, "mounting %s", path);
    return S_ISDIR(status.st_mode);
}

static int set_propagation(int fd, unsigned long flags) {
    if (!(flags & PROPAGATION))
        return 0;
    return mount(NULL, path_of(fd).text, NULL, flags & (PROPAGATION | MS_REC), NULL);
}

static int bind(int root, const char *source, const char *path, unsigned long flags,
                bool recursive_readonly) {
    autoclose int target = mounts_target(root, path, is_directory(source));
    if (target < 0 || mount(source, path_of(target).text, NULL, flags & (MS_BIND | MS_REC), NULL) < 0)
        return -1;
    autoclose int mounted = mounts_open(root, path);
    if (mounted < 0 || restrict_mount(mounted, flags & ~(unsigned long)MS_RDONLY, false) < 0)
        return -1;
    if ((flags & MS_RDONLY) && restrict_mount(mounted, MS_RDONLY, recursive_readonly) < 0)
        return -1;
    return set_propagation(mounted, flags);
}

/* A mount that is nowhere yet. */
static int attach(int root, int tree, const char *path, unsigned long flags) {
    autoclose int target = mounts_target(root, path, true);
    if (target < 0 || restrict_mount(tree, flags, false) < 0)
        return -1;
    if (syscall(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return -1;
    autoclose int mounted = mounts_open(root, path);
    return mounted < 0 ? -1 : set_propagation(mounted, flags);
}

/* "a=b,c": each given to the new mount. */
static int configure(int fd, const char *data) {
    autofree char *copy = strdup(data);
    char *rest = copy;
    for (char *key; copy && (key = strsep(&rest, ","));) {
        if (!*key)
            continue;
        char *value = strchr(key, '=');
        if (value)
            *value++ = '\0';
        if (syscall(SYS_fsconfig, fd, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0) < 0)
            return -1;
    }
    return (int)syscall(SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

/*
 * A tmpfs that is filled before it covers what it is filled with, and has its mode, unless one was asked for.
 * Where there was nothing, the directory made for it gets tmpfs's own, so that the next start finds the same.
 */
static int mount_filled(int root, const char *path, unsigned long flags, const char *data) {
    autoclose int covered = mounts_open(root, path);
    autoclose int target = mounts_target(root, path, true);
    autoclose int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    struct stat own;
    if (target < 0 || fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", "tmpfs", 0) < 0 ||
        configure(fs, data) < 0)
        return -1;
    autoclose int made = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
    if (made < 0 || fstat(made, &own) < 0)
        return -1;
    if (covered >= 0)
        tree_copy_up(path_of(root).text, path, path_of(made).text);
    if (covered < 0 && chmod(path_of(target).text, own.st_mode & 07777) < 0)
        return -1;
    if (strstr(data, "mode=") && chmod(path_of(made).text, own.st_mode & 07777) < 0)
        return -1;
    if (add_attributes(made, flags, false) < 0)
        return -1;
    return (int)syscall(SYS_move_mount, made, "", target, "",
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int mount_new(int root, const struct plan_op *op) {
    const char *source = op->args[0].data, *path = op->args[1].data, *type = op->args[2].data;
    unsigned long flags = op->args[3].number, options = op->args[5].number;
    if (options & PLAN_MOUNT_COPY_UP)
        return mount_filled(root, path, flags, op->args[4].data);
    autoclose int target = mounts_target(root, path, true);
    unsigned long own = flags & ~(unsigned long)(PROPAGATION | MS_REC);
    if (target < 0)
        return -1;
    if (mount(source, path_of(target).text, type, own, op->args[4].data) < 0) {
        const char *other = options & PLAN_MOUNT_SYSFS ? "/sys" : source[0] == '/' ? source : NULL;
        if (!other || (options & PLAN_MOUNT_OVERLAY_UPPER))
            return -1;
        return bind(root, other, path, (flags & ~(unsigned long)PROPAGATION) | MS_BIND | MS_REC, true);
    }
    if (!(flags & PROPAGATION))
        return 0;
    autoclose int mounted = mounts_open(root, path);
    return mounted < 0 ? -1 : set_propagation(mounted, flags);
}

void mounts_mount(int root, const struct plan_op *op, int opened) {
    const char *source = op->args[0].data, *path = op->args[1].data;
    unsigned long flags = op->args[3].number, options = op->args[5].number;
    struct fd_path by_descriptor = path_of(opened);
    const char *from = opened >= 0 ? by_descriptor.text : source;
    int failed;
    if ((options & PLAN_MOUNT_OPTIONAL) && (flags & MS_BIND) && access(from, F_OK) < 0)
        return;
    if (opened >= 0 && (options & (PLAN_MOUNT_BORROWED | PLAN_MOUNT_IDMAP)))
        failed = attach(root, opened, path, flags);
    else if (flags & MS_BIND)
        failed = bind(root, from, path, flags, options & PLAN_MOUNT_RECURSIVE_READONLY);
    else
        failed = mount_new(root, op);
    if (failed && !(options & PLAN_MOUNT_OPTIONAL))
        mounts_refused(root, flags & MS_BIND ? source : op->args[2].data, path,
                       flags & MS_BIND ? from : NULL);
}

void mounts_mask(int root, const char *path) {
    autoclose int target = mounts_open(root, path);
    struct stat status;
    if (target < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
        return;
    if (target < 0 || fstat(target, &status) < 0)
        die_errno(125, "masking %s", path);
    int failed = S_ISDIR(status.st_mode)
                     ? mount("tmpfs", path_of(target).text, "tmpfs",
                             MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0,nr_inodes=2")
                     : mount("/dev/null", path_of(target).text, NULL, MS_BIND, NULL);
    if (failed)
        die_errno(125, "masking %s", path);
}

void mounts_make_readonly(int root, const char *path) {
    autoclose int target = mounts_open(root, path);
    if (target < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
        return;
    if (target < 0 || mount(path_of(target).text, path_of(target).text, NULL, MS_BIND | MS_REC, NULL) < 0)
        die_errno(125, "making %s read-only", path);
    autoclose int mounted = mounts_open(root, path);
    if (mounted < 0 || restrict_mount(mounted, MS_RDONLY, false) < 0)
        die_errno(125, "making %s read-only", path);
}

void mounts_make_root_readonly(int root) {
    if (restrict_mount(root, MS_RDONLY, false) < 0)
        die_errno(125, "making the root file system read-only");
}
