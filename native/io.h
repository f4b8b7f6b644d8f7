/* Descriptors: complete reads and writes, closing on leaving a scope, passing to other processes. */
#ifndef TSPOD_IO_H
#define TSPOD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

static inline void close_fd(const int *fd) {
    if (*fd >= 0)
        close(*fd);
}
void free_pointer(void *pointer_to_pointer);

/* int autoclose fd = ...: closed at the end of the scope unless negative. */
#define autoclose __attribute__((cleanup(close_fd)))
/* char *autofree text = ...: freed at the end of the scope. */
#define autofree __attribute__((cleanup(free_pointer)))

/* Writes all of it, whatever interrupts; waits where fd is non-blocking. -1 with errno on failure. */
int write_full(int fd, const void *data, size_t length);
/* The same on a socket, without SIGPIPE where nobody reads. */
int send_full(int socket, const void *data, size_t length);

/* Reads until `length` bytes or the end. The number of bytes read, or -1 with errno. */
ssize_t read_full(int fd, void *data, size_t length);

/* Writes text to an existing file (of /proc, /sys). -1 with errno on failure. */
int write_file(const char *path, const char *text);

/* Reads a small file with a NUL behind it, cut off at size - 1. The length, or -1 with errno. */
ssize_t read_file(const char *path, char *text, size_t size);

/* Replaces path by a file with this content through a new file beside it. -1 with errno on failure. */
int replace_file(const char *path, const char *text, bool sync);

/* mkdir(2) with the parents that are missing, all of this mode; one that is there is no error. -1 with errno
 * on failure. */
int make_directories(const char *path, mode_t mode);

/* Passes a descriptor with one byte over a UNIX socket. -1 with errno on failure. */
int fd_send(int socket, int fd);
/* The same, and the byte says what it is. */
int fd_send_as(int socket, int fd, char what);

/* The descriptor passed, close-on-exec; -1 with errno on failure, errno 0 at the end of the stream. */
int fd_receive(int socket);
int fd_receive_as(int socket, char *what);

/* bind(2) or connect(2) of a UNIX stream socket, also where path is longer than sun_path. The descriptor, or
 * -1. */
int unix_listen(const char *path);
int unix_connect(const char *path);

/* bind(2) of a UNIX datagram socket that everybody may send to. The descriptor, or -1. */
int unix_receive(const char *path);

#endif
