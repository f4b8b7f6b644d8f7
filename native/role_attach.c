/* attach FD: relays the foreground of a running container, and releases one that is held (HOLD); detached
 * without FOREGROUND. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "die.h"
#include "events.h"
#include "frame.h"
#include "io.h"
#include "plan.h"
#include "relay.h"
#include "roles.h"

/* A container that runs already takes no notice of START. */
static int release(int socket, const struct plan *plan) {
    static struct frame frame;
    while (frame_receive(socket, &frame)) {
        if (frame.type == FRAME_STARTED) {
            dprintf(1, "%s\n",
                    plan_string(plan, PLAN_EXIT_MESSAGE, 0, plan_string(plan, PLAN_CONTAINER, 0, "")));
            return 0;
        }
        if (frame.type == FRAME_EXIT)
            die(125, "starting container \"%s\": it has just been stopped",
                plan_string(plan, PLAN_CONTAINER, 1, ""));
        if (frame.type == FRAME_ERROR)
            die((int)frame_number(&frame), "%s", frame.length > 4 ? frame.data + 4 : "unknown error");
    }
    die(125, "starting container \"%s\": its monitor was killed", plan_string(plan, PLAN_CONTAINER, 1, ""));
}

int role_attach(int argc, char **argv) {
    static struct plan plan;
    if (argc != 3)
        die(125, "usage: tspod-helper attach FD");
    int fd = atoi(argv[2]);
    plan_read(&plan, fd);
    close(fd);
    const char *path = plan_string(&plan, PLAN_ATTACH_SOCKET, 0, NULL);
    if (!path)
        die(125, "attaching: the plan names no socket");
    int socket = unix_connect(path);
    if (socket < 0 && (errno == ENOENT || errno == ECONNREFUSED))
        die(125, "attaching to container \"%s\": it is not running",
            plan_string(&plan, PLAN_CONTAINER, 1, ""));
    if (socket < 0)
        die_errno(125, "attaching to container \"%s\"", plan_string(&plan, PLAN_CONTAINER, 1, ""));
    events_note_earlier(&plan);
    events_write(&plan);
    if (plan_find(&plan, PLAN_HOLD) && frame_send(socket, FRAME_START, NULL, 0) < 0)
        die_errno(125, "releasing container \"%s\"", plan_string(&plan, PLAN_CONTAINER, 1, ""));
    return plan_find(&plan, PLAN_FOREGROUND) ? relay_run(socket, &plan) : release(socket, &plan);
}
