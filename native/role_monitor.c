/*
 * A monitor that is started while tspod still makes its container. Meanwhile it enters the common user
 * namespace, which takes milliseconds; with its whole plan it sets the container up while tspod becomes the
 * relay, which takes as long.
 *
 * monitor PLAN SOCKET: at first the plan has what leads to the user namespace. A byte over the socket says
 * that it is there, one from the other end that the plan is whole. tspod that ends before ends this process
 * too.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"
#include "frame.h"
#include "io.h"
#include "monitor.h"
#include "roles.h"
#include "start.h"
#include "terminal.h"
#include "userns.h"

static int relay;

/* tspod finds the connection closed, and starts the container without this process: then the same goes wrong
 * again, and is told. */
static void say_nothing(int status, const char *text) {
    (void)status;
    (void)text;
}

static void tell_relay(int status, const char *text) {
    frame_send_error(relay, (uint32_t)status, text);
}

static void enter_namespace(int fd) {
    struct plan plan;
    plan_read(&plan, fd);
    userns_enter_common(&plan, true);
    plan_free(&plan);
}

static void await_plan(void) {
    char byte;
    if (send(relay, "", 1, MSG_NOSIGNAL) != 1 || read_full(relay, &byte, 1) != 1)
        _exit(0);
}

int role_monitor(int argc, char **argv) {
    static struct plan plan;
    if (argc < 4)
        die(125, "monitor: no plan");
    int fd = atoi(argv[2]);
    relay = atoi(argv[3]);
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(relay, F_SETFD, FD_CLOEXEC) < 0)
        die_errno(125, "monitor: no plan");
    die_report_to(say_nothing);
    enter_namespace(fd);
    await_plan();
    die_report_to(tell_relay);
    plan_read(&plan, fd);
    close(fd);
    int lock = start_lock(&plan);
    if (start_live_phase(&plan))
        die(125, "container \"%s\" was started by another command meanwhile",
            plan_string(&plan, PLAN_CONTAINER, 1, ""));
    start_begin(&plan);
    terminal_remember_size();
    monitor_run(&plan, (struct monitor_origin){.relay = relay, .lock = lock, .early = true});
}
