#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"
#include "userns.h"

static void read_boot_id(char *text, size_t size) {
    if (read_file("/proc/sys/kernel/random/boot_id", text, size) <= 0)
        text[0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

/* The control group's directory, or empty. */
static void read_cgroup(int directory, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = directory < 0 ? 0 : readlink(link, path, size - 1);
    path[length < 0 ? 0 : length] = '\0';
}

void status_write(struct monitor *monitor, bool sync) {
    const char *path = plan_string(monitor->plan, PLAN_STATUS_FILE, 0, NULL);
    const struct status *status = &monitor->status;
    if (!path)
        return;
    bool lives = strcmp(status->phase, "exited") != 0;
    char boot[64], error[1024], cgroup[4096], text[8192];
    read_boot_id(boot, sizeof boot);
    read_cgroup(lives ? monitor->container.cgroup : -1, cgroup, sizeof cgroup);
    snprintf(error, sizeof error, "%s", status->error ? status->error : "");
    char *hint = strstr(error, "\nhint: "); /* for who started it */
    if (hint)
        *hint = '\0';
    for (char *at = error; (at = strpbrk(at, "\r\n"));)
        *at = ' ';
    pid_t pid = lives ? monitor->container.pid : 0;
    int used = snprintf(
        text, sizeof text,
        "version=1\nphase=%s\npid=%d\nstarttime=%llu\nmonitor_pid=%d\nmonitor_starttime=%llu\nboot_id=%s\n"
        "started=%lld\nfinished=%lld\ncode=%d\noom=%d\nrestarts=%u\nnet_pid=%d\n",
        status->phase, (int)pid, pid ? process_start_time(pid) : 0, (int)getpid(),
        process_start_time(getpid()), boot, status->started, status->finished, status->code, status->oom,
        status->restarts, lives ? (int)monitor->net.pid : 0);
    if (cgroup[0])
        used += snprintf(text + used, sizeof text - (size_t)used, "cgroup=%s\n", cgroup);
    if (status->health && status->health[0])
        used += snprintf(text + used, sizeof text - (size_t)used, "health=%s\n", status->health);
    if (error[0])
        snprintf(text + used, sizeof text - (size_t)used, "error=%s\n", error);
    if (replace_file(path, text, sync) < 0 && lives)
        die_errno(125, "writing %s", path);
}
