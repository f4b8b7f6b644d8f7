#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "events.h"
#include "io.h"
#include "monitor.h"

static void close_input(struct monitor *monitor) {
    close_fd(&monitor->container.input);
    monitor->container.input = -1;
}

void monitor_feed(struct monitor *monitor) {
    struct container *container = &monitor->container;
    int to = container->terminal >= 0 ? container->terminal : container->input;
    while (monitor->input && to >= 0) {
        ssize_t put =
            write(to, monitor->input + monitor->input_done, monitor->input_size - monitor->input_done);
        if (put < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        monitor->input_done += put > 0 ? (size_t)put : 0;
        if (put < 0 || monitor->input_done == monitor->input_size)
            break; /* taken, or nobody reads it */
    }
    free(monitor->input);
    monitor->input = NULL;
    if (monitor->input_ends)
        close_input(monitor);
}

static void take_input(struct monitor *monitor, struct client *client, const char *data, uint32_t length) {
    client->wrote = true;
    if (length == 0)
        monitor->input_ends = true;
    else if ((monitor->input = malloc(length)))
        memcpy(monitor->input, data, length);
    monitor->input_size = length;
    monitor->input_done = 0;
    monitor_feed(monitor);
}

static unsigned number_at(const char *data, uint32_t length, size_t at, size_t size) {
    unsigned number = 0;
    for (size_t i = 0; i < size && at + i < length; i++)
        number |= (unsigned)(unsigned char)data[at + i] << (8 * i);
    return number;
}

static void resize(struct monitor *monitor, const char *data, uint32_t length) {
    struct winsize size = {.ws_row = (unsigned short)number_at(data, length, 0, 2),
                           .ws_col = (unsigned short)number_at(data, length, 2, 2)};
    if (monitor->container.terminal >= 0)
        ioctl(monitor->container.terminal, TIOCSWINSZ, &size);
}

/* As `kill`: these end a program, so that no restart policy applies. */
static bool is_ending(const struct monitor *monitor, unsigned number) {
    return number == SIGINT || number == SIGQUIT || number == SIGKILL || number == SIGTERM ||
           number == plan_number(monitor->plan, PLAN_STOP, 0, SIGTERM);
}

static void pass_on(struct monitor *monitor, unsigned number) {
    if (is_ending(monitor, number))
        monitor->stopping = true;
    if (monitor->ended || number >= NSIG || kill(monitor->container.pid, (int)number) < 0)
        return;
    events_note(monitor->plan, (struct event){.status = "kill"});
    events_write(monitor->plan);
}

void monitor_frame(struct monitor *monitor, struct client *client, uint8_t type, const char *data,
                   uint32_t length) {
    unsigned number = number_at(data, length, 0, 4);
    switch (type) {
    case FRAME_STDIN:
        return take_input(monitor, client, data, length);
    case FRAME_RESIZE:
        return resize(monitor, data, length);
    case FRAME_SIGNAL:
        return pass_on(monitor, number);
    case FRAME_UPDATE:
        return monitor_update(monitor, client, data, length);
    case FRAME_HEALTH:
        return health_ask(monitor, client);
    case FRAME_START:
        if (monitor->held)
            monitor_release(monitor);
        return;
    }
}
