#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "detach.h"
#include "die.h"
#include "frame.h"
#include "notify.h"
#include "signals.h"
#include "terminal.h"

#define RECEIVED (256 * 1024)
#define TYPED (FRAME_GREATEST - DETACH_KEYS_GREATEST)
#define OUTGOING (2 * (FRAME_HEADER + FRAME_GREATEST))
#define GOING_ON (-1)
#define BROKEN "the monitor does not speak this protocol"

struct relay {
    int socket;
    const struct plan *plan;
    uint64_t flags;
    bool is_terminal; /* the container has one */
    bool input_open, started;
    bool output_broken[3];
    int status;                /* to end with, or GOING_ON */
    int killer;                /* the signal that ends this process, 0 none */
    uint64_t early_signals[2]; /* those that came before the program ran */
    struct terminal terminal;
    struct detach detach;
    char received[RECEIVED];
    size_t received_size;
    char outgoing[OUTGOING]; /* frames that the monitor has not taken yet; nothing is read from standard input
                                meanwhile */
    size_t outgoing_size;
};

/* Small frames always fit: input is only read while nothing waits. */
static void queue(struct relay *relay, uint8_t type, const void *data, uint32_t length) {
    if (relay->outgoing_size + FRAME_HEADER + length > OUTGOING)
        return;
    char *to = relay->outgoing + relay->outgoing_size;
    frame_header((unsigned char *)to, type, length);
    if (length > 0)
        memcpy(to + FRAME_HEADER, data, length);
    relay->outgoing_size += FRAME_HEADER + length;
}

static void queue_signal(struct relay *relay, int number) {
    unsigned char bytes[4] = {(unsigned char)number};
    queue(relay, FRAME_SIGNAL, bytes, sizeof bytes);
}

static void queue_size(struct relay *relay) {
    unsigned short rows, columns;
    if (!relay->is_terminal || !terminal_size(&rows, &columns))
        return;
    unsigned char bytes[4] = {(unsigned char)rows, (unsigned char)(rows >> 8), (unsigned char)columns,
                              (unsigned char)(columns >> 8)};
    queue(relay, FRAME_RESIZE, bytes, sizeof bytes);
}

static void take_signal(struct relay *relay, int number) {
    if (number == SIGWINCH)
        return queue_size(relay);
    if (number == SIGCONT && relay->terminal.is_raw) {
        terminal_restore(&relay->terminal);
        terminal_make_raw(&relay->terminal);
        return queue_size(relay);
    }
    if (!signals_is_for_program(number))
        return;
    if (!(relay->flags & PLAN_FOREGROUND_SIG_PROXY))
        relay->killer = number;
    else if (relay->started)
        queue_signal(relay, number);
    else
        relay->early_signals[number / 64] |= UINT64_C(1) << number % 64;
}

static void take_signals(struct relay *relay) {
    for (int number; (number = signals_next()) != 0;)
        take_signal(relay, number);
}

/* Passes output on. A reader that has gone away does not end the container: the rest of that stream is
 * dropped. */
static void write_output(struct relay *relay, int fd, const char *data, size_t length) {
    uint64_t wanted = fd == 1 ? PLAN_FOREGROUND_STDOUT : PLAN_FOREGROUND_STDERR;
    if (!(relay->flags & wanted))
        return;
    while (length > 0 && !relay->output_broken[fd] && !relay->killer) {
        ssize_t put = write(fd, data, length);
        if (put >= 0) {
            data += put;
            length -= (size_t)put;
        } else if (errno == EINTR) {
            take_signals(relay);
        } else if (errno == EAGAIN) { /* another process has made it non-blocking again */
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else {
            relay->output_broken[fd] = true;
        }
    }
}

static void program_started(struct relay *relay) {
    if (relay->started)
        return;
    relay->started = true;
    notify_started(relay->plan);
    if (relay->flags & PLAN_FOREGROUND_PRINT_ID)
        dprintf(
            1, "%s\n",
            plan_string(relay->plan, PLAN_EXIT_MESSAGE, 0, plan_string(relay->plan, PLAN_CONTAINER, 0, "")));
    queue_size(relay);
    for (int number = 1; number < 128; number++)
        if (relay->early_signals[number / 64] >> number % 64 & 1)
            queue_signal(relay, number);
}

static uint32_t number_at(const char *data, uint32_t length) {
    const unsigned char *bytes = (const unsigned char *)data;
    if (length < 4)
        return 0;
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void fail(struct relay *relay, int status, const char *text, size_t length) {
    terminal_restore(&relay->terminal);
    dprintf(2, "Error: %.*s\n", (int)length, text);
    relay->status = status;
}

static void take_error(struct relay *relay, const char *data, uint32_t length) {
    if (length > 4)
        fail(relay, (int)number_at(data, length), data + 4, length - 4);
    else
        relay->status = 125;
}

static void take_frame(struct relay *relay, uint8_t type, const char *data, uint32_t length) {
    switch (type) {
    case FRAME_STDOUT:
        return write_output(relay, 1, data, length);
    case FRAME_STDERR:
        return write_output(relay, 2, data, length);
    case FRAME_STARTED:
        return program_started(relay);
    case FRAME_ERROR:
        return take_error(relay, data, length);
    case FRAME_EXIT:
        relay->status = (int)number_at(data, length) & 0xff;
    }
}

/* Every whole frame that is there. */
static void take_frames(struct relay *relay) {
    size_t at = 0;
    while (relay->status == GOING_ON && relay->received_size - at >= FRAME_HEADER) {
        const char *frame = relay->received + at;
        uint32_t length = number_at(frame + 1, 4);
        if (length > FRAME_GREATEST)
            return fail(relay, 125, BROKEN, sizeof BROKEN - 1);
        if (relay->received_size - at - FRAME_HEADER < length)
            break;
        take_frame(relay, (uint8_t)frame[0], frame + FRAME_HEADER, length);
        at += FRAME_HEADER + length;
    }
    memmove(relay->received, relay->received + at, relay->received_size - at);
    relay->received_size -= at;
}

static void monitor_gone(struct relay *relay) {
    char text[512];
    int length =
        snprintf(text, sizeof text, "container \"%s\": its monitor was killed, and the container with it",
                 plan_string(relay->plan, PLAN_CONTAINER, 1, ""));
    fail(relay, 125, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

static void receive(struct relay *relay) {
    ssize_t got = recv(relay->socket, relay->received + relay->received_size, RECEIVED - relay->received_size,
                       MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        return monitor_gone(relay);
    relay->received_size += (size_t)got;
    take_frames(relay);
}

static void flush(struct relay *relay) {
    ssize_t put = send(relay->socket, relay->outgoing, relay->outgoing_size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put < 0) { /* its last frames are still to be received */
        relay->outgoing_size = 0;
        relay->input_open = false;
        return;
    }
    memmove(relay->outgoing, relay->outgoing + put, relay->outgoing_size - (size_t)put);
    relay->outgoing_size -= (size_t)put;
}

static void take_input(struct relay *relay) {
    char typed[TYPED], passed[FRAME_GREATEST];
    ssize_t got = read(0, typed, sizeof typed);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        relay->input_open = false;
        return queue(relay, FRAME_STDIN, NULL, 0);
    }
    bool detached = false;
    size_t length = detach_filter(&relay->detach, typed, (size_t)got, passed, &detached);
    if (length > 0)
        queue(relay, FRAME_STDIN, passed, (uint32_t)length);
    if (detached)
        relay->status = 0;
}

static void wait_and_take(struct relay *relay, int signals) {
    struct pollfd fds[] = {
        {.fd = relay->socket, .events = (short)(POLLIN | (relay->outgoing_size > 0 ? POLLOUT : 0))},
        {.fd = signals, .events = POLLIN},
        {.fd = relay->input_open && relay->outgoing_size == 0 ? 0 : -1, .events = POLLIN},
    };
    if (poll(fds, 3, -1) < 0 && errno != EINTR)
        die_errno(125, "waiting for the container");
    if (fds[1].revents)
        take_signals(relay);
    if (fds[0].revents & POLLOUT)
        flush(relay);
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
        receive(relay);
    if (fds[2].revents && relay->status == GOING_ON)
        take_input(relay);
}

static void prepare(struct relay *relay) {
    uint64_t keys_apply = plan_number(relay->plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_TTY;
    const struct plan_op *keys = plan_find(relay->plan, PLAN_DETACH_KEYS);
    relay->flags = plan_number(relay->plan, PLAN_FOREGROUND, 0, 0);
    relay->is_terminal = keys_apply != 0;
    relay->input_open = relay->flags & PLAN_FOREGROUND_STDIN;
    if (keys && (keys_apply || isatty(0))) /* never in data of a file or pipe */
        relay->detach = (struct detach){.keys = keys->args[0].data, .length = keys->args[0].length};
    terminal_make_blocking();
    if (relay->is_terminal && relay->input_open)
        terminal_make_raw(&relay->terminal);
}

/* What was typed before the session ended goes to the container all the same. */
static void flush_input(struct relay *relay) {
    for (int tries = 0; relay->outgoing_size > 0 && tries < 10; tries++) {
        poll(&(struct pollfd){.fd = relay->socket, .events = POLLOUT}, 1, 100);
        flush(relay);
    }
}

int relay_run(int socket, const struct plan *plan) {
    static struct relay relay;
    relay.socket = socket;
    relay.plan = plan;
    relay.status = GOING_ON;
    int signals = signals_open();
    prepare(&relay);
    queue_size(&relay);
    while (relay.status == GOING_ON && !relay.killer)
        wait_and_take(&relay, signals);
    if (relay.status == 0)
        flush_input(&relay);
    terminal_restore(&relay.terminal);
    if (relay.killer)
        signals_die(relay.killer);
    return relay.status;
}
