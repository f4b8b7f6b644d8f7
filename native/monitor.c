#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "die.h"
#include "events.h"
#include "io.h"
#include "notify.h"
#include "preserve.h"
#include "rootfs.h"
#include "userns.h"

#define PAUSE_LEAST_MS 100
#define PAUSE_GREATEST_MS 60000
#define STEADY_MS 10000 /* a container that ran for so long is restarted without delay */

static struct monitor self; /* for the reporter */

static void report(int status, const char *text) {
    autofree char *copy = strdup(text);
    monitor_finish(&self, status, copy ? copy : "out of memory");
}

/* The streams are /dev/null, so that nobody waits for an end of file that the monitor holds back. */
static void detach(const struct plan *plan) {
    bool passes = plan_number(plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_PASSTHROUGH;
    for (int fd = 0; passes && fd <= 2; fd++)
        self.container.caller[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; fd++)
        if (null < 0 || dup2(null, fd) < 0)
            die_errno(125, "opening /dev/null");
    setsid();
    prctl(PR_SET_NAME, "tspod-monitor");
    if (chdir("/") < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        die_errno(125, "becoming the monitor");
}

static void take_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&set, numbers[i]);
    self.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    sigaddset(&set, SIGPIPE);
    if (self.signals < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        die_errno(125, "blocking signals");
}

static void make_run_directory(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_RUN_DIR, 0, NULL);
    if (path && make_directories(path, 0700) < 0)
        die_errno(125, "making the directory %s", path);
}

static void enter_namespaces(const struct plan *plan, bool is_inside) {
    if (!is_inside)
        userns_enter_common(plan, true);
    netd_begin(&self); /* before there are mounts that it would keep */
    self.netd.mounts = true;
    if (unshare(CLONE_NEWNS) < 0)
        die_errno(125, "making a mount namespace");
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        die_errno(125, "making the mounts slaves of the host's");
}

static void sync_files(const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_SYNC, &position));) {
        autoclose int fd = open(op->args[0].data, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            fsync(fd);
    }
}

static bool wants_restart(int code) {
    const char *stopped = plan_string(self.plan, PLAN_STOP_FILE, 0, NULL);
    uint64_t policy = plan_number(self.plan, PLAN_RESTART, 0, PLAN_RESTART_NO);
    uint64_t most = plan_number(self.plan, PLAN_RESTART, 1, 0);
    if (self.stopping || (stopped && access(stopped, F_OK) == 0))
        return false;
    if (self.health.restart)
        return true;
    if (policy == PLAN_RESTART_NO)
        return false;
    if (policy == PLAN_RESTART_ON_FAILURE && code == 0)
        return false;
    return !most || self.status.restarts < most;
}

static int exit_code(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* An OCI runtime makes a new network namespace for every run, and removes the control group. */
static void end_foreign_run(void) {
    if (!plan_find(self.plan, PLAN_OCI_RUNTIME))
        return;
    oci_delete(&self);
    net_stop(&self);
    netd_leave(&self);
    close_fd(&self.container.netns);
    close_fd(&self.container.cgroup);
    self.container.netns = self.container.cgroup = -1;
    self.oom_kills = 0;
}

/* Only what a restart needs stays. */
static void end_run(void) {
    health_end(&self);
    log_flush(&self.log, self.plan);
    unsigned long long kills = cgroup_oom_kills(self.container.cgroup);
    self.status.oom = kills > self.oom_kills; /* a group counts on over restarts */
    self.oom_kills = kills;
    container_close(&self.container);
    free(self.input);
    self.input = NULL;
    self.input_ends = false;
    end_foreign_run();
}

static void close_callers_streams(void) {
    bool again = plan_number(self.plan, PLAN_RESTART, 0, PLAN_RESTART_NO) != PLAN_RESTART_NO ||
                 health_may_restart(self.plan);
    for (int fd = 0; fd <= 2 && !again; fd++) {
        close_fd(&self.container.caller[fd]);
        self.container.caller[fd] = -1;
    }
    if (!again)
        preserve_close(self.plan);
}

/* A container that was only set up has not died. */
static void note_end(int code) {
    if (!self.ran)
        return;
    if (monitor_stop_reason(self.plan) == 's')
        events_note(self.plan, (struct event){.status = "stop"});
    events_note(self.plan, (struct event){.status = "died", .code = &code});
}

static _Noreturn void run_and_restart(void) {
    int pause = PAUSE_LEAST_MS;
    for (;;) {
        monitor_start(&self);
        close_callers_streams();
        if (self.status.restarts == 0)
            sync_files(self.plan);
        monitor_serve(&self);
        int code = exit_code(self.wait_status);
        end_run();
        note_end(code);
        if (!wants_restart(code))
            monitor_finish(&self, code, NULL);
        events_write(self.plan);
        pause = monotonic_ms() - self.run_since > STEADY_MS ? PAUSE_LEAST_MS : pause;
        if (!monitor_pause(&self, pause))
            monitor_finish(&self, code, NULL);
        pause = pause * 2 > PAUSE_GREATEST_MS ? PAUSE_GREATEST_MS : pause * 2;
        self.status.restarts++;
        events_note(self.plan, (struct event){.status = "restart"});
    }
}

void monitor_run(struct plan *plan, struct monitor_origin origin) {
    self = (struct monitor){.plan = plan,
                            .lock = origin.lock,
                            .awaits_relay = origin.early,
                            .listener = -1,
                            .signals = -1,
                            .notify = -1,
                            .net = {.ending = -1, .ready = -1, .errors = -1},
                            .netd.fd = -1,
                            .log.fd = -1};
    self.status.phase = "exited";
    container_initialise(&self.container);
    clients_add(&self, origin.relay);
    die_report_to(report);
    take_signals();
    detach(plan);
    preserve_guard(plan);
    self.lifeline = (int)plan_number(plan, PLAN_LIFELINE, 0, (uint64_t)-1);
    fcntl(self.lifeline, F_SETFD, FD_CLOEXEC);
    make_run_directory(plan);
    self.notify = notify_open(plan);
    enter_namespaces(plan, origin.early);
    log_open(&self.log, plan);
    rootfs_mount(plan);
    run_and_restart();
}
