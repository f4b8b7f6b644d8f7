#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

void free_pointer(void *pointer_to_pointer) {
    free(*(void **)pointer_to_pointer);
}

/* write(2), or send(2) for who must not die of SIGPIPE. */
static int put_full(int fd, const void *data, size_t length, bool is_socket) {
    const char *at = data;
    while (length > 0) {
        ssize_t put = is_socket ? send(fd, at, length, MSG_NOSIGNAL) : write(fd, at, length);
        if (put < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        else if (put < 0 && errno != EINTR)
            return -1;
        if (put > 0) {
            at += put;
            length -= (size_t)put;
        }
    }
    return 0;
}

int write_full(int fd, const void *data, size_t length) {
    return put_full(fd, data, length, false);
}

int send_full(int socket, const void *data, size_t length) {
    return put_full(socket, data, length, true);
}

ssize_t read_full(int fd, void *data, size_t length) {
    char *at = data;
    size_t size = 0;
    while (size < length) {
        ssize_t got = read(fd, at + size, length - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

int write_file(const char *path, const char *text) {
    autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t length = strlen(text);
    ssize_t put = write(fd, text, length);
    if (put < 0)
        return -1;
    if ((size_t)put == length)
        return 0;
    errno = EIO;
    return -1;
}

ssize_t read_file(const char *path, char *text, size_t size) {
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read_full(fd, text, size - 1);
    text[length < 0 ? 0 : length] = '\0';
    return length;
}

int replace_file(const char *path, const char *text, bool sync) {
    autofree char *beside = NULL;
    if (asprintf(&beside, "%s.new", path) < 0)
        return -1;
    autoclose int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write_full(fd, text, strlen(text)) < 0 || (sync && fsync(fd) < 0))
        return -1;
    return rename(beside, path);
}

int fd_send(int socket, int fd) {
    return fd_send_as(socket, fd, 'f');
}

int fd_send_as(int socket, int fd, char byte) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int fd_receive(int socket) {
    char byte;
    return fd_receive_as(socket, &byte);
}

int fd_receive_as(int socket, char *byte) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {0};
    struct iovec data = {byte, 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS) {
        errno = got < 0 ? errno : 0;
        return -1;
    }
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

/* The address of path, by way of its directory's descriptor where it is too long for sun_path. */
static int unix_address(const char *path, struct sockaddr_un *address, int *directory) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) < sizeof address->sun_path) {
        strcpy(address->sun_path, path);
        return 0;
    }
    const char *slash = strrchr(path, '/');
    autofree char *parent = strndup(path, slash ? (size_t)(slash - path) : 0);
    *directory = parent ? open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (*directory < 0)
        return -1;
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d%s", *directory, slash);
    return 0;
}

int unix_listen(const char *path) {
    autoclose int directory = -1;
    struct sockaddr_un address;
    if (unix_address(path, &address, &directory) < 0)
        return -1;
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    int failed = fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0;
    umask(mask);
    if (!failed)
        return fd;
    close_fd(&fd);
    return -1;
}

int unix_receive(const char *path) {
    autoclose int directory = -1;
    struct sockaddr_un address;
    if (unix_address(path, &address, &directory) < 0)
        return -1;
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        chmod(address.sun_path, 0777) == 0)
        return fd;
    close_fd(&fd);
    return -1;
}

int unix_connect(const char *path) {
    autoclose int directory = -1;
    struct sockaddr_un address;
    if (unix_address(path, &address, &directory) < 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close_fd(&fd);
    errno = error;
    return -1;
}

int make_directories(const char *path, mode_t mode) {
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return 0;
    const char *slash = strrchr(path, '/');
    if (errno != ENOENT || !slash || slash == path)
        return -1;
    autofree char *parent = strndup(path, (size_t)(slash - path));
    if (!parent || make_directories(parent, mode) < 0)
        return -1;
    return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : -1;
}
