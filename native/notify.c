#include "notify.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "die.h"
#include "io.h"

#define MESSAGE_GREATEST 4096

static pid_t main_pid;

static uint64_t mode_of(const struct plan *plan) {
    return plan_number(plan, PLAN_NOTIFY, 0, 0);
}

static void send_text(const struct plan *plan, const char *text, size_t length) {
    const char *path = plan_string(plan, PLAN_NOTIFY, 1, "");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, size);
    if (path[0] == '@') /* the abstract name space of unix(7) */
        address.sun_path[0] = '\0';
    autoclose int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t whole = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (path[0] != '@'));
    if (fd >= 0 && sendto(fd, text, length, MSG_NOSIGNAL, (struct sockaddr *)&address, whole) < 0)
        return;
}

void notify_main_pid(const struct plan *plan, pid_t monitor) {
    char text[32];
    main_pid = monitor;
    if (mode_of(plan) == 0 || mode_of(plan) == PLAN_NOTIFY_MONITOR)
        return;
    send_text(plan, text, (size_t)snprintf(text, sizeof text, "MAINPID=%d", (int)monitor));
}

void notify_started(const struct plan *plan) {
    char text[48];
    if (mode_of(plan) == PLAN_NOTIFY_MONITOR && main_pid > 0)
        send_text(plan, text, (size_t)snprintf(text, sizeof text, "MAINPID=%d\nREADY=1", (int)main_pid));
}

void notify_healthy(const struct plan *plan) {
    static bool said;
    if (mode_of(plan) != PLAN_NOTIFY_HEALTHY || said)
        return;
    said = true;
    send_text(plan, "READY=1", 7);
}

int notify_open(const struct plan *plan) {
    autofree char *directory = NULL, *path = NULL;
    if (mode_of(plan) != PLAN_NOTIFY_CONTAINER)
        return -1;
    if (asprintf(&directory, "%s/notify", plan_string(plan, PLAN_RUN_DIR, 0, "")) < 0 ||
        asprintf(&path, "%s/notify.sock", directory) < 0)
        die(125, "out of memory");
    if (make_directories(directory, 0755) < 0)
        die_errno(125, "making the directory %s", directory);
    int fd = unix_receive(path);
    if (fd < 0)
        die_errno(125, "listening on %s", path);
    return fd;
}

/* Whose pid the service has, and what it keeps open, is not the container's to say. */
static bool is_allowed(const char *line) {
    return strncmp(line, "MAINPID=", 8) != 0 && strncmp(line, "MAINPIDFDID=", 12) != 0 &&
           strncmp(line, "FDSTORE", 7) != 0 && strncmp(line, "BARRIER=", 8) != 0;
}

void notify_pass_on(const struct plan *plan, int fd) {
    char message[MESSAGE_GREATEST + 1], kept[MESSAGE_GREATEST + 1];
    ssize_t got = recv(fd, message, MESSAGE_GREATEST, MSG_DONTWAIT);
    size_t length = 0;
    if (got <= 0)
        return;
    message[got] = '\0';
    char *rest = message;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && is_allowed(line))
            length += (size_t)snprintf(kept + length, sizeof kept - length, "%s%s", length ? "\n" : "", line);
    if (length > 0)
        send_text(plan, kept, length);
}
