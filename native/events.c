#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "json_text.h"

static FILE *stream; /* into the two below */
static char *text;
static size_t size;
static int opened = -1; /* by events_open */

static bool is_journal(const struct plan *plan) {
    return plan_number(plan, PLAN_EVENTS, 0, PLAN_EVENTS_FILE) == PLAN_EVENTS_JOURNAL;
}

/* RFC 3339 in UTC, without zeros at the end of the fraction, as the other writer of these lines has it. */
static void put_time(FILE *out) {
    struct timespec now;
    struct tm parts;
    char seconds[32], fraction[16];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
    int last = snprintf(fraction, sizeof fraction, ".%09ld", now.tv_nsec);
    while (last > 0 && (fraction[last - 1] == '0' || fraction[last - 1] == '.'))
        fraction[--last] = '\0';
    fprintf(out, "%s%sZ", seconds, fraction);
}

static void put_code(FILE *out, const struct plan *plan, const int *code) {
    if (code)
        fprintf(out, is_journal(plan) ? "PODMAN_EXIT_CODE=%d\n" : "\"ContainerExitCode\":%d,", *code);
}

static void put_health(FILE *out, const struct plan *plan, struct event event) {
    bool journal = is_journal(plan);
    if (!event.health)
        return;
    fprintf(out, journal ? "PODMAN_HEALTH_STATUS=%s\n" : "\"health_status\":\"%s\",", event.health);
    if (event.log && journal)
        fprintf(out, "PODMAN_HEALTH_LOG=%s\n", event.log);
    if (event.log && !journal) {
        fputs("\"health_log\":", out);
        put_json_string(out, event.log, strlen(event.log));
        fputc(',', out);
    }
    if (event.streak)
        fprintf(out, journal ? "PODMAN_HEALTH_FAILING_STREAK=%u\n" : "\"health_failing_streak\":%u,",
                event.streak);
}

static void put_event(const struct plan *plan, const char *template, struct event event) {
    for (; *template; template ++)
        if (*template == PLAN_EVENT_STATUS)
            fputs(event.status, stream);
        else if (*template == PLAN_EVENT_TIME)
            put_time(stream);
        else if (*template == PLAN_EVENT_CODE)
            put_code(stream, plan, event.code);
        else if (*template == PLAN_EVENT_HEALTH)
            put_health(stream, plan, event);
        else
            fputc(*template, stream);
}

static int connect_journal(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close_fd(&fd);
    return -1;
}

static int open_log(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_EVENTS, 1, NULL);
    if (!path)
        return -1;
    return is_journal(plan) ? connect_journal(path)
                            : open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* Who has the lock on the file renames it, unless somebody has done so already. */
static void rename_log(int fd, const char *path, const struct stat *own) {
    struct stat there;
    autofree char *old = NULL;
    if (flock(fd, LOCK_EX) < 0 || asprintf(&old, "%s.1", path) < 0)
        return;
    if (stat(path, &there) == 0 && there.st_dev == own->st_dev && there.st_ino == own->st_ino)
        rename(path, old);
}

static int rotate(const struct plan *plan, int fd) {
    struct stat own;
    uint64_t limit = plan_number(plan, PLAN_EVENTS, 2, 0);
    if (!limit || fstat(fd, &own) < 0 || !S_ISREG(own.st_mode) || own.st_size == 0 ||
        (uint64_t)own.st_size + size <= limit)
        return fd;
    rename_log(fd, plan_string(plan, PLAN_EVENTS, 1, ""), &own);
    close(fd);
    return open_log(plan);
}

/* A line that was cut off by a power loss is not to spoil the next one. */
static bool ends_inside_a_line(int fd) {
    struct stat own;
    char last = '\n';
    return fstat(fd, &own) == 0 && own.st_size > 0 && pread(fd, &last, 1, own.st_size - 1) == 1 &&
           last != '\n';
}

static void append(int fd) {
    bool torn = ends_inside_a_line(fd);
    if (write(fd, torn ? text : text + 1, torn ? size : size - 1) < 0)
        return; /* a full disk: nobody can be told */
}

/* `text` begins with a line feed that is only written after a torn line. */
static bool begin(void) {
    if (stream)
        return true;
    stream = open_memstream(&text, &size);
    if (stream)
        fputc('\n', stream);
    return stream != NULL;
}

/* One entry of the journal is one datagram. */
static void end_entry(const struct plan *plan) {
    if (is_journal(plan))
        events_write(plan);
}

void events_write(const struct plan *plan) {
    if (!stream || fclose(stream) != 0)
        return;
    stream = NULL;
    int fd = opened >= 0 ? opened : open_log(plan);
    if (fd >= 0 && is_journal(plan))
        send(fd, text + 1, size - 1, MSG_NOSIGNAL);
    else if (fd >= 0 && (opened >= 0 || (fd = rotate(plan, fd)) >= 0))
        append(fd);
    if (opened < 0)
        close_fd(&fd);
    free(text);
    text = NULL;
}

void events_note(const struct plan *plan, struct event event) {
    const char *template = plan_string(plan, PLAN_EVENTS, 3, NULL);
    if (!template || (event.health && !strchr(template, PLAN_EVENT_HEALTH)) || !begin())
        return;
    put_event(plan, template, event);
    end_entry(plan);
}

void events_note_earlier(const struct plan *plan) {
    static bool done;
    const struct plan_op *op = plan_find(plan, PLAN_EVENTS);
    for (size_t i = 4; op && !done && i < op->count && begin(); i++) {
        fputs(op->args[i].data, stream);
        end_entry(plan);
    }
    done = true;
}

void events_note_volumes(const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_EVENT_VOLUME, &position)) && begin();) {
        put_event(plan, op->args[0].data, (struct event){.status = "remove"});
        end_entry(plan);
    }
}

void events_open(const struct plan *plan) {
    opened = open_log(plan);
}
