/* The k8s-file format: TIME STREAM F|P TEXT, one line per line of output; P where the line goes on in the
 * next. F:end ends a line that the program has left without a line feed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"

#define LOG_ARG(plan, index) plan_number(plan, PLAN_LOG, index, 0)

static int open_file(const char *path, uint64_t *size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    struct stat status;
    *size = fd >= 0 && fstat(fd, &status) == 0 ? (uint64_t)status.st_size : 0;
    return fd;
}

void log_open(struct log *log, const struct plan *plan) {
    log->fd = -1;
    log->stamp_second = -1;
    log->driver = (unsigned)LOG_ARG(plan, 0);
    const char *path = plan_string(plan, PLAN_LOG, 1, "");
    if (log->driver == PLAN_LOG_K8S_FILE && (log->fd = open_file(path, &log->size)) < 0)
        die_errno(125, "opening the log %s", path);
    if (log->driver == PLAN_LOG_JOURNALD && (log->fd = journal_open()) < 0)
        die_errno(125, "opening the journal's socket /run/systemd/journal/socket: use --log-driver k8s-file");
}

/* path -> path.1 -> path.2 ...: the oldest goes when there are more than `files`. */
static void rotate(struct log *log, const char *path, unsigned files) {
    autofree char *from = NULL, *to = NULL;
    if (files < 2 || files > 1000) {
        files = files < 2 ? 2 : 1000;
    }
    for (unsigned i = files - 1; i > 0; i--) {
        free(from);
        free(to);
        from = to = NULL;
        int made = i > 1 ? asprintf(&from, "%s.%u", path, i - 1) : asprintf(&from, "%s", path);
        if (made < 0 || asprintf(&to, "%s.%u", path, i) < 0)
            return;
        rename(from, to);
    }
    uint64_t size;
    int fd = open_file(path, &size);
    if (fd < 0)
        return; /* better the old file than no log */
    close(log->fd);
    log->fd = fd;
    log->size = size;
}

static void set_stamp(struct log *log, time_t second) {
    struct tm local;
    localtime_r(&second, &local);
    strftime(log->stamp, sizeof log->stamp, "%Y-%m-%dT%H:%M:%S", &local);
    long minutes = local.tm_gmtoff / 60;
    snprintf(log->zone, sizeof log->zone, "%c%02d:%02d", minutes < 0 ? '-' : '+',
             (int)(labs(minutes) / 60 % 24), (int)(labs(minutes) % 60));
    log->stamp_second = second;
}

static void write_line(struct log *log, const struct plan *plan, int stream, const char *line, size_t length,
                       const char *tag) {
    char head[96];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (log->stamp_second != now.tv_sec)
        set_stamp(log, now.tv_sec);
    int used = snprintf(head, sizeof head, "%s.%09ld%s %s %s ", log->stamp, now.tv_nsec, log->zone,
                        stream == 1 ? "stdout" : "stderr", tag);
    size_t total = (size_t)used + length + 1;
    uint64_t most = LOG_ARG(plan, 2);
    if (most && log->size > 0 && log->size + total > most)
        rotate(log, plan_string(plan, PLAN_LOG, 1, ""), (unsigned)LOG_ARG(plan, 3));
    struct iovec parts[3] = {{head, (size_t)used}, {(char *)line, length}, {(char *)"\n", 1}};
    ssize_t put = writev(log->fd, parts, 3);
    if (put > 0)
        log->size += (uint64_t)put;
}

static void write_part(struct log *log, const struct plan *plan, int stream, const char *line, size_t length,
                       bool whole) {
    if (log->driver == PLAN_LOG_K8S_FILE)
        write_line(log, plan, stream, line, length, whole ? "F" : "P");
    else if (log->driver == PLAN_LOG_JOURNALD)
        journal_send(log->fd, plan, stream, line, length, !whole);
}

void log_write(struct log *log, const struct plan *plan, int stream, const char *data, size_t length) {
    if (log->fd < 0)
        return;
    while (length > 0) {
        const char *end = memchr(data, '\n', length);
        size_t size = end ? (size_t)(end - data) : length;
        write_part(log, plan, stream, data, size, end != NULL);
        log->open[stream - 1] = !end;
        data += size + (end ? 1 : 0);
        length -= size + (end ? 1 : 0);
    }
}

void log_flush(struct log *log, const struct plan *plan) {
    for (int stream = 1; stream <= 2; stream++)
        if (log->fd >= 0 && log->open[stream - 1] && log->driver == PLAN_LOG_K8S_FILE)
            write_line(log, plan, stream, "", 0, "F:end");
    log->open[0] = log->open[1] = false;
}
