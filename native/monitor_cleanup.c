#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "die.h"
#include "events.h"
#include "hooks.h"
#include "io.h"
#include "monitor.h"
#include "rootfs.h"
#include "tree.h"

static void end_process(pid_t pid) {
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* Whatever else has become a child of the subreaper: daemons of the network helper, fuse-overlayfs. Others
 * may need netd. */
static void end_children(pid_t netd) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    if (read_file(path, text, sizeof text) <= 0)
        return;
    char *rest = text;
    for (char *word; (word = strsep(&rest, " "));)
        if (atoi(word) != netd)
            end_process(atoi(word));
}

static void end_processes(struct monitor *monitor) {
    health_end(monitor);
    if (!monitor->ended)
        end_process(monitor->container.pid);
    monitor->ended = true;
    oci_delete(monitor);
    net_stop(monitor);
    netd_leave(monitor);
}

/* Where the tree goes before it is removed: the container's directory, then its anonymous volumes. */
static char *trash_path(const struct plan *plan, size_t number) {
    const char *trash = plan_string(plan, PLAN_AUTO_REMOVE, 1, "");
    char *path = NULL;
    if (asprintf(&path, number ? "%s.%zu" : "%s", trash, number) < 0)
        die(125, "out of memory");
    return path;
}

/* A volume that another container has taken (--volumes-from) stays. */
static bool is_shared(const char *directory) {
    autofree char *mark = NULL;
    return asprintf(&mark, "%s/shared", directory) > 0 && access(mark, F_OK) == 0;
}

/* Unless another container has got it meanwhile. Who takes a name away holds the lock of their directory. */
static void free_name(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_FREE_NAME, 0, NULL), *slash = path ? strrchr(path, '/') : NULL;
    const char *id = plan_string(plan, PLAN_CONTAINER, 0, "");
    char target[128];
    autofree char *directory = slash ? strndup(path, (size_t)(slash - path)) : NULL;
    autoclose int lock = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (lock < 0 || flock(lock, LOCK_EX) < 0)
        return;
    ssize_t length = readlink(path, target, sizeof target);
    if (length > 0 && (size_t)length == strlen(id) && memcmp(target, id, (size_t)length) == 0)
        unlink(path);
}

/* From now on nobody finds the container, its name or its volumes. The number of trees that are left; `ours`:
 * no other command has removed the container before. */
static size_t move_away(const struct plan *plan, bool *ours) {
    const struct plan_op *op = plan_find(plan, PLAN_AUTO_REMOVE);
    size_t count = 0, position = 0;
    *ours = op;
    for (; op; op = plan_next(plan, PLAN_REMOVE_ON_EXIT, &position)) {
        if (op->code == PLAN_REMOVE_ON_EXIT && is_shared(op->args[0].data))
            continue;
        autofree char *trash = trash_path(plan, count++);
        if (rename(op->args[0].data, trash) == 0)
            continue;
        if (errno == ENOENT && op->code == PLAN_AUTO_REMOVE)
            *ours = false;
        tree_remove(op->args[0].data);
    }
    for (position = 0; (op = plan_next(plan, PLAN_UNLINK_ON_EXIT, &position));)
        unlink(op->args[0].data);
    free_name(plan);
    return count;
}

static void remove_trash(const struct plan *plan, size_t count) {
    for (size_t i = 0; i < count; i++) {
        autofree char *trash = trash_path(plan, i);
        tree_remove(trash);
    }
}

/* In the lock file, for those who have it open: they can still read it when the container is gone. */
static void note_exit(const struct plan *plan, int code) {
    const char *path = plan_string(plan, PLAN_LOCK_FILE, 0, NULL);
    autoclose int fd = path ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) : -1;
    if (fd >= 0)
        dprintf(fd, "%d\n", code);
}

static void record(struct monitor *monitor, int code, const char *error) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    monitor->status.phase = "exited";
    monitor->status.finished = now.tv_sec * 1000000000LL + now.tv_nsec;
    monitor->status.code = code;
    monitor->status.error = error;
    note_exit(monitor->plan, code);
    status_write(monitor, !plan_find(monitor->plan, PLAN_AUTO_REMOVE));
}

/* Before the end is recorded: then the next start makes both anew. */
static void close_doors(struct monitor *monitor) {
    const char *pid_file = plan_string(monitor->plan, PLAN_PID_FILE, 0, NULL);
    clients_accept_last(monitor);
    if (pid_file)
        unlink(pid_file);
}

/* What nobody sees of a container that has ended: this takes milliseconds. */
static void give_back(struct monitor *monitor) {
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, NULL);
    end_children(monitor->netd.pid);
    cgroup_remove(monitor->plan);
    if (directory)
        tree_remove(directory);
}

char monitor_stop_reason(const struct plan *plan) {
    char reason[2] = "";
    const char *path = plan_string(plan, PLAN_STOP_FILE, 0, NULL);
    return path && read_file(path, reason, sizeof reason) > 0 ? reason[0] : '\0';
}

/* Before anybody can know that it has ended. A container that never ran has no exit status. */
static void note_end(const struct monitor *monitor, int code, bool removed, bool in_passing) {
    const struct plan *plan = monitor->plan;
    events_note_earlier(plan);
    if (removed) {
        events_note(plan, (struct event){.status = "remove", .code = monitor->ran ? &code : NULL});
        events_note_volumes(plan);
    } else if (monitor->ran && !in_passing && !plan_find(plan, PLAN_AUTO_REMOVE)) {
        events_note(plan, (struct event){.status = "cleanup"});
    }
    events_write(plan);
}

static void tell_error(struct monitor *monitor, int code, const char *error) {
    for (size_t i = 0; i < monitor->client_count; i++)
        if (!monitor->clients[i].pending)
            frame_send_error(monitor->clients[i].fd, (uint32_t)code, error);
}

static void tell(struct monitor *monitor, int code, const char *error) {
    if (error)
        tell_error(monitor, code, error);
    else
        clients_finish(monitor, code);
}

/* A container that stays is left alone first: it may be started again at once. One that goes is moved away,
 * and who waits for its end does not wait for its files. */
static void clean_up(struct monitor *monitor, int code, const char *error) {
    bool stays = !plan_find(monitor->plan, PLAN_AUTO_REMOVE), removed;
    bool in_passing = monitor_stop_reason(monitor->plan) == 'p';
    end_processes(monitor);
    if (monitor->container.pid > 0)
        free(hooks_run(monitor->plan, PLAN_HOOK_POSTSTOP, 0));
    log_flush(&monitor->log, monitor->plan);
    rootfs_unmount(monitor->plan);
    close_doors(monitor);
    if (stays) {
        give_back(monitor);
        note_end(monitor, code, false, in_passing);
    }
    record(monitor, code, error);
    size_t trees = move_away(monitor->plan, &removed);
    if (!stays)
        note_end(monitor, code, removed, in_passing);
    tell(monitor, code, error);
    if (!stays)
        give_back(monitor);
    remove_trash(monitor->plan, trees);
}

/* A service ends as its container has; a signal that somebody wanted to end it is no failure. */
static int service_status(const struct monitor *monitor, int code) {
    bool by_caller = monitor->stopping && !monitor->health.ended_it;
    return code > 128 && (by_caller || monitor_stop_reason(monitor->plan)) ? 0 : code;
}

void monitor_finish(struct monitor *monitor, int code, const char *error) {
    static int depth; /* cleaning up may fail itself: then only the clients are told */
    int status = service_status(monitor, code);
    if (depth++ == 0)
        clean_up(monitor, code, error);
    else
        tell(monitor, code, error);
    _exit(status);
}
