#include "relay.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "frame.h"
#include "io.h"

int relay_run(int socket, const struct plan *plan) {
    static struct frame frame;
    static char input[4096];
    uint64_t flags = plan_number(plan, PLAN_FOREGROUND, 0, 0);
    struct pollfd fds[2] = {{.fd = socket, .events = POLLIN}, {.fd = flags & PLAN_FOREGROUND_STDIN ? 0 : -1, .events = POLLIN}};
    while (poll(fds, 2, -1) > 0) {
        if (fds[1].revents) {
            ssize_t got = read(0, input, sizeof input);
            frame_send(socket, FRAME_STDIN, input, got > 0 ? (uint32_t)got : 0);
            if (got <= 0)
                fds[1].fd = -1;
        }
        if (!fds[0].revents)
            continue;
        if (!frame_receive(socket, &frame))
            break;
        if (frame.type == FRAME_EXIT)
            return (int)frame_number(&frame);
        if (frame.type == FRAME_STDOUT || frame.type == FRAME_STDERR)
            write_full(frame.type == FRAME_STDOUT ? 1 : 2, frame.data, frame.length);
        if (frame.type == FRAME_ERROR) {
            dprintf(2, "Error: %s\n", frame.data + 4);
            return (int)frame_number(&frame);
        }
    }
    dprintf(2, "Error: the container's monitor was killed\n");
    return 125;
}
