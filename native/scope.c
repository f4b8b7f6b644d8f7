#include "scope.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dbus.h"
#include "io.h"

/* The bus answers at once when it lives; systemd takes its time on a machine that is busy. What can be done
 * without is not waited for that long. */
#define BUS_MS 5000
#define SYSTEMD_MS 25000
#define OPTIONAL_BUS_MS 2000
#define OPTIONAL_SYSTEMD_MS 5000
#define SYSTEMD "org.freedesktop.systemd1"
#define MANAGER SYSTEMD ".Manager"
#define BUS "org.freedesktop.DBus"
#define FINISHED "type='signal',interface='" MANAGER "',member='JobRemoved'"

enum serial { SERIAL_HELLO = 1, SERIAL_MATCH, SERIAL_SUBSCRIBE, SERIAL_START, SERIAL_ATTACH };

static int fail(char **error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(char **error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(error, format, arguments) < 0)
        *error = NULL;
    va_end(arguments);
    return -1;
}

static void put_name(struct dbus_bytes *bytes, const char *name, const char *type) {
    dbus_align(bytes, 8);
    dbus_put_string(bytes, name);
    dbus_put_signature(bytes, type);
}

static void put_text(struct dbus_bytes *bytes, const char *name, const char *value) {
    put_name(bytes, name, "s");
    dbus_put_string(bytes, value);
}

static void put_truth(struct dbus_bytes *bytes, const char *name, bool value) {
    put_name(bytes, name, "b");
    dbus_put_u32(bytes, value);
}

static void put_pids(struct dbus_bytes *bytes, pid_t pid) {
    struct dbus_array pids = dbus_begin_array(bytes, 4);
    dbus_put_u32(bytes, (uint32_t)pid);
    dbus_end_array(bytes, pids);
}

/* "true" and "false" are booleans, digits 64-bit integers, everything else is a string. */
static void put_property(struct dbus_bytes *bytes, const char *name, const char *value) {
    if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
        return put_truth(bytes, name, value[0] == 't');
    if (*value && value[strspn(value, "0123456789")] == '\0') {
        put_name(bytes, name, "t");
        return dbus_put_u64(bytes, strtoull(value, NULL, 10));
    }
    put_text(bytes, name, value);
}

const char *scope_option(const struct plan_op *op, const char *name) {
    for (size_t i = 3; i + 1 < op->count; i += 2)
        if (strcmp(op->args[i].data, name) == 0)
            return op->args[i + 1].data;
    return NULL;
}

static void put_properties(struct dbus_bytes *bytes, const struct plan_op *op, pid_t pid) {
    struct dbus_array properties = dbus_begin_array(bytes, 8);
    put_name(bytes, "PIDs", "au");
    put_pids(bytes, pid);
    put_text(bytes, "Slice", op->args[2].data);
    put_truth(bytes, "Delegate", true);
    put_text(bytes, "CollectMode", "inactive-or-failed");
    for (size_t i = 3; i + 1 < op->count; i += 2)
        if (op->args[i].data[0] != '_')
            put_property(bytes, op->args[i].data, op->args[i + 1].data);
    dbus_end_array(bytes, properties);
}

/* StartTransientUnit(in s name, in s mode, in a(sv) properties, in a(sa(sv)) aux, out o job). */
static void put_start(struct dbus_bytes *bytes, const struct plan_op *op, pid_t pid) {
    struct dbus_call call = {
        SYSTEMD,     "/org/freedesktop/systemd1", MANAGER, "StartTransientUnit", "ssa(sv)a(sa(sv))",
        SERIAL_START};
    struct dbus_bytes body = {0};
    dbus_put_string(&body, op->args[1].data);
    dbus_put_string(&body, "fail");
    put_properties(&body, op, pid);
    dbus_end_array(&body, dbus_begin_array(&body, 8));
    dbus_put_call(bytes, &call, &body);
    free(body.data);
}

/* A private socket of systemd has no bus behind it: no name to be given, and every signal comes. */
static void put_greeting(struct dbus_bytes *bytes) {
    struct dbus_call hello = {BUS, "/org/freedesktop/DBus", BUS, "Hello", NULL, SERIAL_HELLO};
    struct dbus_call match = {BUS, "/org/freedesktop/DBus", BUS, "AddMatch", "s", SERIAL_MATCH};
    struct dbus_bytes nothing = {0}, rule = {0};
    dbus_put_call(bytes, &hello, &nothing);
    dbus_put_string(&rule, FINISHED);
    dbus_put_call(bytes, &match, &rule);
    free(rule.data);
}

/* systemd tells of its jobs only while somebody has asked it to. */
static void put_subscribe(struct dbus_bytes *bytes) {
    struct dbus_call call = {SYSTEMD,         "/org/freedesktop/systemd1", MANAGER, "Subscribe", NULL,
                             SERIAL_SUBSCRIBE};
    struct dbus_bytes nothing = {0};
    dbus_put_call(bytes, &call, &nothing);
}

/* JobRemoved(u id, o job, s unit, s result). 1 when it is the unit's and it worked, 0 for others, -1 for a
 * failure. */
static int job_result(const struct dbus_message *message, const char *unit, char **error) {
    size_t at = 4;
    const char *job = dbus_take_string(message, &at);
    const char *of = job ? dbus_take_string(message, &at) : NULL;
    const char *result = of ? dbus_take_string(message, &at) : NULL;
    if (!result || strcmp(of, unit) != 0)
        return 0;
    return strcmp(result, "done") == 0 ? 1 : fail(error, "systemd's job ended with \"%s\"", result);
}

/* A job that ends, where there is a unit to wait for, or the answer to a call. */
struct awaited {
    const char *unit;
    uint32_t call;
    bool optional;
};

/* 1 when it has come, 0 when there is more to wait for, -1 with *error. */
static int judge(const struct dbus_message *message, const struct awaited *awaited, char **error) {
    if (awaited->unit && message->type == DBUS_SIGNAL && strcmp(message->member, "JobRemoved") == 0)
        return job_result(message, awaited->unit, error);
    if (!awaited->unit && message->type == DBUS_RETURN && message->reply_to == awaited->call)
        return 1;
    if (message->type != DBUS_ERROR || message->reply_to == SERIAL_SUBSCRIBE)
        return 0;
    size_t at = 0;
    const char *text = dbus_take_string(message, &at);
    return fail(error, "%s (%s)", text ? text : "refused", message->name);
}

static int wait_for(int fd, const struct awaited *awaited, char **error) {
    long long deadline = dbus_now() + (awaited->optional ? OPTIONAL_SYSTEMD_MS : SYSTEMD_MS);
    for (;;) {
        struct dbus_message message;
        const char *wrong = NULL;
        int result = dbus_receive(fd, &message, deadline, &wrong);
        if (result < 0)
            fail(error, "%s", wrong);
        else
            result = judge(&message, awaited, error);
        free(message.data);
        if (result != 0)
            return result < 0 ? -1 : 0;
    }
}

static int send_all(int fd, struct dbus_bytes *calls, char **error) {
    int result = calls->failed ? fail(error, "out of memory") : 0;
    if (result == 0 && write_full(fd, calls->data, calls->size) < 0)
        result = fail(error, "writing to the bus: %s", strerror(errno));
    free(calls->data);
    return result;
}

static int connect_within(int limit_ms, const char *address, const char *uid, char **error) {
    const char *wrong = NULL;
    uid_t user = uid ? (uid_t)strtoul(uid, NULL, 10) : geteuid();
    int fd = dbus_connect(address, user, dbus_now() + limit_ms, &wrong);
    return fd < 0 ? fail(error, "connecting to %s: %s", address, wrong) : fd;
}

int scope_connect(const char *address, const char *uid, char **error) {
    return connect_within(BUS_MS, address, uid, error);
}

int scope_start(const struct plan_op *op, pid_t pid, char **error) {
    const char *address = op->args[0].data;
    bool optional = scope_option(op, "_optional");
    autoclose int fd =
        connect_within(optional ? OPTIONAL_BUS_MS : BUS_MS, address, scope_option(op, "_uid"), error);
    struct dbus_bytes calls = {0};
    if (fd < 0)
        return -1;
    if (!strstr(address, "/systemd/private"))
        put_greeting(&calls);
    put_subscribe(&calls);
    put_start(&calls, op, pid);
    if (send_all(fd, &calls, error) < 0)
        return -1;
    return wait_for(fd, &(struct awaited){op->args[1].data, SERIAL_START, optional}, error);
}

/* AttachProcessesToUnit(in s unit, in s subcgroup, in au pids). */
static void put_attach(struct dbus_bytes *bytes, const char *unit, const char *group, pid_t pid) {
    struct dbus_call call = {
        SYSTEMD, "/org/freedesktop/systemd1", MANAGER, "AttachProcessesToUnit", "ssau", SERIAL_ATTACH};
    struct dbus_bytes body = {0};
    dbus_put_string(&body, unit);
    dbus_put_string(&body, group);
    put_pids(&body, pid);
    dbus_put_call(bytes, &call, &body);
    free(body.data);
}

int scope_attach(int fd, const struct scope_place *place, pid_t pid, char **error) {
    struct dbus_bytes calls = {0};
    put_greeting(&calls);
    put_attach(&calls, place->unit, place->group, pid);
    if (send_all(fd, &calls, error) < 0)
        return -1;
    return wait_for(fd, &(struct awaited){NULL, SERIAL_ATTACH, false}, error);
}
