#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "frame.h"
#include "io.h"
#include "monitor.h"
#include "notify.h"
#include "preserve.h"
#include "relay.h"
#include "roles.h"
#include "start.h"
#include "terminal.h"
#include "userns.h"

#define LOCK_DEADLINE_MS 20000
#define LOCK_STEP_MS 10
#define GONE (-1)

int start_lock(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_LOCK_FILE, 0, NULL);
    if (!path)
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        die_errno(125, "opening the lock %s", path);
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_STEP_MS) {
        if (errno != EWOULDBLOCK)
            die_errno(125, "locking %s", path);
        if (waited > LOCK_DEADLINE_MS)
            die(125, "container \"%s\" is being started or removed by another command",
                plan_string(plan, PLAN_CONTAINER, 1, ""));
        nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP_MS * 1000000L}, NULL);
    }
    return fd;
}

/* The value of a key of the status file, up to the end of its line. */
static const char *value_of(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, key, length) == 0 && line[length] == '=')
            return line + length + 1;
    return "";
}

static bool same_boot(const char *recorded) {
    char boot[64] = "";
    if (read_file("/proc/sys/kernel/random/boot_id", boot, sizeof boot) < 36)
        return false;
    return strncmp(boot, recorded, 36) == 0;
}

char start_live_phase(const struct plan *plan) {
    char text[4096];
    const char *path = plan_string(plan, PLAN_STATUS_FILE, 0, NULL);
    if (!path || read_file(path, text, sizeof text) <= 0)
        return 0;
    char phase = *value_of(text, "phase");
    pid_t pid = atoi(value_of(text, "monitor_pid"));
    unsigned long long start = strtoull(value_of(text, "monitor_starttime"), NULL, 10);
    bool lives = pid > 0 && start && process_start_time(pid) == start && same_boot(value_of(text, "boot_id"));
    return lives && (phase == 'r' || phase == 'i') ? phase : 0;
}

static void print_started(const struct plan *plan) {
    const char *text = plan_string(plan, PLAN_EXIT_MESSAGE, 0, plan_string(plan, PLAN_CONTAINER, 0, ""));
    dprintf(1, "%s\n", text);
}

/* Detached: what became of the start is all that is waited for. GONE: the container that was joined has
 * ended. */
static int wait_started(int socket, const struct plan *plan) {
    struct frame frame;
    while (frame_receive(socket, &frame)) {
        if (frame.type == FRAME_STARTED) {
            notify_started(plan);
            print_started(plan);
            return 0;
        }
        if (frame.type == FRAME_EXIT)
            return GONE;
        if (frame.type == FRAME_ERROR)
            die((int)frame_number(&frame), "%s", frame.length > 4 ? frame.data + 4 : "unknown error");
    }
    die(125, "starting container \"%s\": its monitor was killed", plan_string(plan, PLAN_CONTAINER, 1, ""));
}

static int follow(int socket, const struct plan *plan) {
    return plan_find(plan, PLAN_FOREGROUND) ? relay_run(socket, plan) : wait_started(socket, plan);
}

/* A container that is set up is released, one that runs is only attached to. GONE: it has ended just now. */
static int join_running(const struct plan *plan, char phase) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/attach.sock", plan_string(plan, PLAN_RUN_DIR, 0, "")) < 0)
        die(125, "out of memory");
    int fd = unix_connect(path);
    if (fd < 0 && (errno == ENOENT || errno == ECONNREFUSED))
        return GONE;
    if (fd < 0)
        die_errno(125, "attaching to container \"%s\"", plan_string(plan, PLAN_CONTAINER, 1, ""));
    if (phase == 'i' && frame_send(fd, FRAME_START, NULL, 0) < 0 && errno != EPIPE)
        die_errno(125, "releasing container \"%s\"", plan_string(plan, PLAN_CONTAINER, 1, ""));
    int status = follow(fd, plan);
    close(fd);
    return status;
}

/* Whoever removes a container has its lock, whose file was made anew by opening it. */
static void require_container(const struct plan *plan) {
    const char *lock = plan_string(plan, PLAN_LOCK_FILE, 0, NULL);
    const char *path = plan_string(plan, PLAN_STATUS_FILE, 0, NULL);
    const char *slash = path ? strrchr(path, '/') : NULL;
    autofree char *directory = slash ? strndup(path, (size_t)(slash - path)) : NULL;
    if (!directory || access(directory, F_OK) == 0 || errno != ENOENT)
        return;
    if (lock)
        unlink(lock);
    die(125, "container %s has been removed by another command meanwhile: no such container",
        plan_string(plan, PLAN_CONTAINER, 0, ""));
}

/* A stop that was meant for an earlier run is none of this one's. */
static void forget_stop(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_STOP_FILE, 0, NULL);
    if (path)
        unlink(path);
}

void start_begin(const struct plan *plan) {
    require_container(plan);
    forget_stop(plan);
}

/* Until the container does not run, or has been joined. Its lock; or -1 with what to end with. */
static int lock_to_start(const struct plan *plan, int *status) {
    for (int waited = 0;; waited += LOCK_STEP_MS) {
        int lock = start_lock(plan);
        char phase = start_live_phase(plan);
        if (!phase) {
            start_begin(plan);
            return lock;
        }
        close_fd(&lock);
        if ((*status = join_running(plan, phase)) != GONE)
            return -1;
        if (waited > LOCK_DEADLINE_MS)
            die(125, "container \"%s\" is ending, and does not come to an end",
                plan_string(plan, PLAN_CONTAINER, 1, ""));
        nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP_MS * 1000000L}, NULL);
    }
}

/* The monitor is there, and sets the container up: it waits for this process before the program runs. */
static int follow_monitor(const struct plan *plan, int socket, pid_t monitor) {
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    notify_main_pid(plan, monitor);
    send(socket, "", 1, MSG_NOSIGNAL); /* one that has ended has said why */
    return follow(socket, plan);
}

int role_start(int argc, char **argv) {
    static struct plan plan;
    if (argc < 3)
        die(125, "start: no plan");
    int fd = atoi(argv[2]);
    plan_read(&plan, fd);
    close(fd);
    if (argc > 4)
        return follow_monitor(&plan, atoi(argv[3]), atoi(argv[4]));
    int status = GONE, ends[2], lock = lock_to_start(&plan, &status);
    if (status != GONE)
        return status;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        die_errno(125, "making a socket pair");
    terminal_remember_size();
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting the monitor");
    if (pid == 0) {
        close(ends[0]);
        monitor_run(&plan, (struct monitor_origin){.relay = ends[1], .lock = lock});
    }
    close(ends[1]);
    close_fd(&lock);
    preserve_close(&plan);
    notify_main_pid(&plan, pid);
    return follow(ends[0], &plan);
}
