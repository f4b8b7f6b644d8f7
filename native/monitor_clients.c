#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "monitor.h"

#define FINISH_MS 5000 /* a client that takes nothing for so long is left behind at the end */

void clients_add(struct monitor *monitor, int fd) {
    if (fd < 0)
        return;
    if (monitor->client_count == CLIENTS_GREATEST) {
        frame_send_error(fd, 125, "too many clients are attached to the container");
        close(fd);
        return;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    monitor->clients[monitor->client_count++] = (struct client){.fd = fd};
}

void clients_remove(struct monitor *monitor, size_t index) {
    struct client *client = &monitor->clients[index];
    bool once = client->wrote && plan_number(monitor->plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_STDIN_ONCE;
    close(client->fd);
    free(client->pending);
    free(client->data);
    *client = monitor->clients[--monitor->client_count];
    if (once) {
        monitor->input_ends = true;
        monitor_feed(monitor);
    }
}

bool clients_accept(struct monitor *monitor) {
    int fd = accept4(monitor->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return false;
    if (!monitor->held && !monitor->ended)
        frame_send_number(fd, FRAME_STARTED, (uint32_t)monitor->container.pid);
    clients_add(monitor, fd);
    return true;
}

void clients_accept_last(struct monitor *monitor) {
    if (monitor->listener < 0)
        return;
    shutdown(monitor->listener, SHUT_RDWR); /* who comes now is refused; who has come is still there */
    while (clients_accept(monitor))
        continue;
    close_fd(&monitor->listener);
    monitor->listener = -1;
}

bool clients_are_behind(const struct monitor *monitor) {
    for (size_t i = 0; i < monitor->client_count; i++)
        if (monitor->clients[i].pending)
            return true;
    return false;
}

/* Puts bytes behind what the client has still to take. */
static void keep(struct client *client, const void *data, size_t length) {
    char *more = realloc(client->pending, client->pending_size + length);
    if (!more)
        return;
    memcpy(more + client->pending_size, data, length);
    client->pending = more;
    client->pending_size += length;
}

static size_t try_send(struct client *client, const void *data, size_t length) {
    if (client->pending)
        return 0;
    ssize_t put = send(client->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    return put < 0 ? 0 : (size_t)put; /* whoever is gone is noticed by reading */
}

static void send_to(struct client *client, const void *data, size_t length) {
    size_t done = try_send(client, data, length);
    if (done < length)
        keep(client, (const char *)data + done, length - done);
}

void clients_send(struct client *client, uint8_t type, const void *data, uint32_t length) {
    unsigned char header[FRAME_HEADER];
    frame_header(header, type, length);
    send_to(client, header, sizeof header);
    send_to(client, data, length);
}

void clients_broadcast(struct monitor *monitor, uint8_t type, const void *data, uint32_t length) {
    for (size_t i = 0; i < monitor->client_count; i++)
        clients_send(&monitor->clients[i], type, data, length);
}

void clients_flush(struct monitor *monitor, size_t index) {
    struct client *client = &monitor->clients[index];
    ssize_t put = send(client->fd, client->pending + client->pending_done,
                       client->pending_size - client->pending_done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno != EAGAIN && errno != EINTR)
        return clients_remove(monitor, index);
    client->pending_done += put > 0 ? (size_t)put : 0;
    if (client->pending_done < client->pending_size)
        return;
    free(client->pending);
    client->pending = NULL;
    client->pending_size = client->pending_done = 0;
}

static uint32_t frame_length(const struct client *client) {
    return (uint32_t)client->header[1] | (uint32_t)client->header[2] << 8 |
           (uint32_t)client->header[3] << 16 | (uint32_t)client->header[4] << 24;
}

/* One step of a frame: its header, then its data. False when there is nothing more to read, or the client is
 * gone. */
static bool read_step(struct client *client, bool *gone) {
    bool in_header = client->have < FRAME_HEADER;
    uint32_t length = in_header ? 0 : frame_length(client);
    void *to = in_header ? (void *)(client->header + client->have)
                         : (void *)(client->data + client->have - FRAME_HEADER);
    size_t room = (in_header ? FRAME_HEADER : FRAME_HEADER + length) - client->have;
    ssize_t got = room ? recv(client->fd, to, room, MSG_DONTWAIT) : 0;
    if (room && got <= 0) {
        *gone = got == 0 || (errno != EAGAIN && errno != EINTR);
        return false;
    }
    client->have += (size_t)got;
    if (client->have == FRAME_HEADER && !client->data) {
        *gone = frame_length(client) > FRAME_GREATEST || !(client->data = malloc(frame_length(client) + 1));
        return !*gone;
    }
    return true;
}

void clients_read(struct monitor *monitor, size_t index) {
    struct client *client = &monitor->clients[index];
    bool gone = false;
    while (!monitor->input && read_step(client, &gone)) {
        if (client->have < FRAME_HEADER || client->have < FRAME_HEADER + frame_length(client))
            continue;
        char *data = client->data;
        uint32_t length = frame_length(client);
        client->have = 0;
        client->data = NULL;
        monitor_frame(monitor, client, client->header[0], data, length);
        free(data);
    }
    if (gone)
        clients_remove(monitor, index);
}

void clients_finish(struct monitor *monitor, int code) {
    unsigned char number[4];
    for (int i = 0; i < 4; i++)
        number[i] = (unsigned char)((unsigned)code >> (8 * i));
    clients_broadcast(monitor, FRAME_EXIT, number, sizeof number);
    for (size_t i = monitor->client_count; i-- > 0;) {
        while (i < monitor->client_count && monitor->clients[i].pending) {
            struct pollfd poll_fd = {.fd = monitor->clients[i].fd, .events = POLLOUT};
            if (poll(&poll_fd, 1, FINISH_MS) <= 0)
                break;
            size_t before = monitor->client_count;
            clients_flush(monitor, i);
            if (monitor->client_count < before)
                break;
        }
    }
}
