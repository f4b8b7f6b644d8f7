#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "monitor.h"

static char *failed(const char *what, const char *why) {
    char *text = NULL;
    return asprintf(&text, "%s: %s", what, why) < 0 ? strdup("out of memory") : text;
}

static char *request(const char *path, const struct plan_op *op) {
    char answer[4096];
    const char *what = op->args[1].data;
    autoclose int fd = unix_connect(path);
    if (fd < 0 || write_full(fd, op->args[0].data, op->args[0].length) < 0 || shutdown(fd, SHUT_WR) < 0)
        return failed(what, strerror(errno));
    ssize_t length = read_full(fd, answer, sizeof answer - 1);
    if (length < 0)
        return failed(what, strerror(errno));
    answer[length] = '\0';
    return strstr(answer, "\"error\"") ? failed(what, answer) : NULL;
}

char *net_request_all(const struct monitor *monitor) {
    autofree char *path = NULL;
    char *error = NULL;
    const struct plan_op *op;
    if (asprintf(&path, "%s/api.sock", plan_string(monitor->plan, PLAN_RUN_DIR, 0, "")) < 0)
        return strdup("out of memory");
    for (size_t position = 0; !error && (op = plan_next(monitor->plan, PLAN_NET_REQUEST, &position));)
        error = request(path, op);
    return error;
}
