/* As much of D-Bus (specification 0.43) as asking systemd for one thing takes: little-endian messages over a
 * UNIX socket. */
#ifndef TSPOD_DBUS_H
#define TSPOD_DBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DBUS_CALL 1
#define DBUS_RETURN 2
#define DBUS_ERROR 3
#define DBUS_SIGNAL 4

/* Bytes that are being put together; `failed` when memory was short. */
struct dbus_bytes {
    char *data;
    size_t size, room;
    bool failed;
};

void dbus_put_byte(struct dbus_bytes *bytes, uint8_t value);
void dbus_put_u32(struct dbus_bytes *bytes, uint32_t value);
void dbus_put_u64(struct dbus_bytes *bytes, uint64_t value);
void dbus_put_string(struct dbus_bytes *bytes, const char *text); /* also an object path */
void dbus_put_signature(struct dbus_bytes *bytes, const char *text);
void dbus_align(struct dbus_bytes *bytes, size_t to);

/* Where an array that has been begun keeps its length, and where its first element is. */
struct dbus_array {
    size_t length_at, start;
};

/* An array is its length in bytes, the padding of its elements, the elements. */
struct dbus_array dbus_begin_array(struct dbus_bytes *bytes, size_t alignment);
void dbus_end_array(struct dbus_bytes *bytes, struct dbus_array array);

struct dbus_call {
    const char *destination, *path, *interface, *member;
    const char *signature; /* of the body; NULL: it has none */
    uint32_t serial;
};

/* Appends a whole message to `bytes`. */
void dbus_put_call(struct dbus_bytes *bytes, const struct dbus_call *call, const struct dbus_bytes *body);

struct dbus_message {
    char *data; /* to be freed */
    size_t size;
    uint8_t type;
    uint32_t reply_to;  /* the serial of the call, in a return or an error */
    const char *member; /* of a signal; else "" */
    const char *name;   /* of an error; else "" */
    const char *body;
    size_t body_size;
};

/* Checks and takes apart a message of which all bytes are there. Returns NULL, or what is wrong with it. */
const char *dbus_parse(struct dbus_message *message);

/* Reads a string (or object path) of a body at *at, which moves on. NULL where there is none. */
const char *dbus_take_string(const struct dbus_message *message, size_t *at);

/*
 * Connects to an address ("unix:path=/run/user/1000/bus") and authenticates as uid, which is this user as the
 * bus sees it. The descriptor, or -1 with *error what went wrong (a constant, or errno's text). Gives up at
 * `deadline` (CLOCK_MONOTONIC, ms).
 */
int dbus_connect(const char *address, uid_t uid, long long deadline, const char **error);

/* Reads the next message. 0, or -1 with *error. */
int dbus_receive(int fd, struct dbus_message *message, long long deadline, const char **error);

long long dbus_now(void);

#endif
