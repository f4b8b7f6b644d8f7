#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "dbus.h"
#include "io.h"

#define HEADER 16
#define MESSAGE_GREATEST (1u << 20)

long long dbus_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int fail(const char **error, const char *text) {
    *error = text;
    return -1;
}

/* Reads `size` bytes, within the time. */
static int receive(int fd, char *to, size_t size, long long deadline, const char **error) {
    while (size > 0) {
        long long left = deadline - dbus_now();
        int ready = left > 0 ? poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return fail(error, "systemd does not answer");
        ssize_t got = ready < 0 ? -1 : read(fd, to, size);
        if (got < 0 && errno != EINTR)
            return fail(error, strerror(errno));
        if (got == 0)
            return fail(error, "the bus closed the connection");
        to += got > 0 ? got : 0;
        size -= got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int digit(char hexadecimal) {
    return isdigit((unsigned char)hexadecimal) ? hexadecimal - '0' : (hexadecimal | 32) - 'a' + 10;
}

/* Copies the value of a key of an address, up to the comma; %XX stands for a byte. The length, 0 where there
 * is none. */
static size_t value_of(const char *address, const char *key, char *value, size_t room) {
    const char *at = strchr(address, ':');
    size_t length = 0, key_length = strlen(key);
    for (; at && *at && *at != ';'; at = at + 1 + strcspn(at + 1, ",;")) {
        if (strncmp(at + 1, key, key_length) != 0 || at[1 + key_length] != '=')
            continue;
        for (at += 2 + key_length; *at && *at != ',' && *at != ';' && length + 1 < room; at++) {
            bool escaped = *at == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]);
            value[length++] = escaped ? (char)(digit(at[1]) << 4 | digit(at[2])) : *at;
            at += escaped ? 2 : 0;
        }
        break;
    }
    value[length] = '\0';
    return length;
}

static int connect_abstract(const char *name, size_t length) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (length + 1 > sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, size) == 0)
        return fd;
    close_fd(&fd);
    return -1;
}

static int open_socket(const char *address) {
    char path[4096];
    if (strncmp(address, "unix:", 5) != 0) {
        errno = EPROTONOSUPPORT;
        return -1;
    }
    if (value_of(address, "path", path, sizeof path) > 0)
        return unix_connect(path);
    size_t length = value_of(address, "abstract", path, sizeof path);
    return connect_abstract(path, length);
}

/* "Authentication Protocol", mechanism EXTERNAL: the uid in decimal, written in hexadecimal. */
static int authenticate(int fd, uid_t uid, long long deadline, const char **error) {
    char digits[16], line[128], answer[256];
    int length = snprintf(digits, sizeof digits, "%u", uid);
    size_t used = (size_t)snprintf(line, sizeof line, "%cAUTH EXTERNAL ", '\0');
    for (int i = 0; i < length; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%02x", digits[i]);
    used += (size_t)snprintf(line + used, sizeof line - used, "\r\n");
    if (write_full(fd, line, used) < 0)
        return fail(error, strerror(errno));
    size_t got = 0;
    do {
        if (got + 1 == sizeof answer || receive(fd, answer + got, 1, deadline, error) < 0)
            return *error ? -1 : fail(error, "the bus does not speak D-Bus");
    } while (answer[got++] != '\n');
    if (strncmp(answer, "OK ", 3) != 0)
        return fail(error, "the bus refused this user");
    if (write_full(fd, "BEGIN\r\n", 7) < 0)
        return fail(error, strerror(errno));
    return 0;
}

int dbus_connect(const char *address, uid_t uid, long long deadline, const char **error) {
    *error = NULL;
    int fd = open_socket(address);
    if (fd < 0)
        return fail(error, strerror(errno));
    if (authenticate(fd, uid, deadline, error) == 0)
        return fd;
    close(fd);
    return -1;
}

static uint32_t number_at(const char *data) {
    uint32_t number;
    memcpy(&number, data, sizeof number);
    return le32toh(number);
}

int dbus_receive(int fd, struct dbus_message *message, long long deadline, const char **error) {
    char header[HEADER];
    *message = (struct dbus_message){0};
    if (receive(fd, header, sizeof header, deadline, error) < 0)
        return -1;
    uint32_t body = number_at(header + 4), fields = number_at(header + 12);
    if (body > MESSAGE_GREATEST || fields > MESSAGE_GREATEST)
        return fail(error, "a D-Bus message is too long");
    message->size = HEADER + (fields + 7u) / 8 * 8 + body;
    message->data = malloc(message->size);
    if (!message->data)
        return fail(error, "out of memory");
    memcpy(message->data, header, sizeof header);
    if (receive(fd, message->data + HEADER, message->size - HEADER, deadline, error) < 0)
        return -1;
    const char *wrong = dbus_parse(message);
    return wrong ? fail(error, wrong) : 0;
}
