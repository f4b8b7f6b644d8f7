#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netd.h"

#define PIPE_SIZE (1 << 20)
#define SPARE_PIPES 8
#define ROUNDS 8 /* then others have their turn */

/* From one socket to the other. A pipe is there only while something is in it: connections that wait need
 * none. */
struct side {
    struct watch watch;
    struct flow *flow;
    int pipe[2];
    size_t held;
    bool ended, shut; /* nothing more comes; and the other one knows */
};

struct flow {
    struct flow *next; /* of the busy ones; first, for free_later */
    struct side sides[2];
    bool connecting, busy, closed;
};

static int spare[SPARE_PIPES][2];
static size_t spare_count;

static bool take_pipe(struct side *side) {
    if (side->pipe[0] >= 0)
        return true;
    if (spare_count > 0) {
        spare_count--;
        side->pipe[0] = spare[spare_count][0];
        side->pipe[1] = spare[spare_count][1];
        return true;
    }
    if (pipe2(side->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        return side->pipe[0] = -1, false;
    fcntl(side->pipe[1], F_SETPIPE_SZ, PIPE_SIZE); /* where the user may: else it is smaller */
    return true;
}

static void give_pipe(struct side *side) {
    if (side->pipe[0] < 0)
        return;
    if (side->held == 0 && spare_count < SPARE_PIPES) {
        spare[spare_count][0] = side->pipe[0];
        spare[spare_count++][1] = side->pipe[1];
    } else {
        close(side->pipe[0]);
        close(side->pipe[1]);
    }
    side->pipe[0] = side->pipe[1] = -1;
}

static void end(struct netd *netd, struct flow *flow, bool broken) {
    struct linger now = {.l_onoff = 1};
    for (int i = 0; i < 2; i++) {
        if (broken)
            setsockopt(flow->sides[i].watch.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        give_pipe(&flow->sides[i]);
        watch_close(&flow->sides[i].watch);
    }
    flow->closed = true;
    if (!flow->busy) /* else it is freed when its turn comes */
        free_later(netd, flow);
}

enum step { STEP_MOVED, STEP_WAIT, STEP_BROKEN };

static enum step fill(struct side *from) {
    if (from->held > 0 || from->ended)
        return STEP_MOVED;
    if (!take_pipe(from))
        return STEP_BROKEN;
    ssize_t got =
        splice(from->watch.fd, NULL, from->pipe[1], NULL, PIPE_SIZE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? STEP_WAIT : STEP_BROKEN;
    from->held = (size_t)got;
    from->ended = got == 0;
    return STEP_MOVED;
}

static enum step drain(struct side *from, const struct side *to) {
    while (from->held > 0) {
        ssize_t put =
            splice(from->pipe[0], NULL, to->watch.fd, NULL, from->held, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (put <= 0)
            return put < 0 && (errno == EAGAIN || errno == EINTR) ? STEP_WAIT : STEP_BROKEN;
        from->held -= (size_t)put;
    }
    return STEP_MOVED;
}

static enum step move(struct side *from, const struct side *to) {
    enum step step = STEP_MOVED;
    for (int round = 0; round < ROUNDS && step == STEP_MOVED && !from->shut; round++) {
        step = fill(from);
        if (step == STEP_MOVED)
            step = drain(from, to);
        if (step == STEP_MOVED && from->ended) {
            shutdown(to->watch.fd, SHUT_WR);
            from->shut = true;
        }
    }
    if (from->held == 0)
        give_pipe(from);
    return from->shut ? STEP_WAIT : step;
}

static void go_on(struct netd *netd, struct flow *flow) {
    enum step there = move(&flow->sides[0], &flow->sides[1]);
    enum step back = there == STEP_BROKEN ? STEP_BROKEN : move(&flow->sides[1], &flow->sides[0]);
    if (back == STEP_BROKEN || (flow->sides[0].shut && flow->sides[1].shut))
        return end(netd, flow, back == STEP_BROKEN);
    if ((there == STEP_MOVED || back == STEP_MOVED) && !flow->busy) {
        flow->busy = true;
        flow->next = netd->busy;
        netd->busy = flow;
    }
}

static void wake(struct netd *netd, struct watch *watch, uint32_t events) {
    struct side *side = (struct side *)((char *)watch - offsetof(struct side, watch));
    struct flow *flow = side->flow;
    int error = 0;
    socklen_t size = sizeof error;
    if (flow->connecting) {
        if (side != &flow->sides[1] || !(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
            return;
        getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error)
            return end(netd, flow, true);
        flow->connecting = false;
    }
    go_on(netd, flow);
}

void flow_begin(struct netd *netd, int first, int second) {
    struct flow *flow = calloc(1, sizeof *flow);
    int one = 1;
    setsockopt(first, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!flow) {
        close(first);
        close(second);
        return;
    }
    flow->connecting = true;
    for (int i = 0; i < 2; i++) {
        flow->sides[i] =
            (struct side){.watch = {.fd = i ? second : first, .ready = wake}, .flow = flow, .pipe = {-1, -1}};
        watch_add(netd, &flow->sides[i].watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
}

void flow_tick(struct netd *netd) {
    struct flow *flow = netd->busy;
    netd->busy = NULL;
    while (flow) {
        struct flow *next = flow->next;
        flow->busy = false;
        if (flow->closed)
            free_later(netd, flow);
        else
            go_on(netd, flow);
        flow = next;
    }
}
