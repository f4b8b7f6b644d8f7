/* A thread may be in another network namespace than its process; there is no way back into the host's. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "netd.h"

struct call {
    int (*work)(void *);
    void *argument;
    int result, error;
};

static void *serve(void *end) {
    int fd = (int)(intptr_t)end;
    struct call *call;
    while (read_full(fd, &call, sizeof call) == sizeof call) {
        errno = 0;
        call->result = call->work(call->argument);
        call->error = errno;
        if (write_full(fd, &call, sizeof call) < 0)
            break;
    }
    return NULL;
}

void outside_begin(struct netd *netd) {
    int ends[2];
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        die_errno(125, "making a socket pair");
    errno = pthread_create(&thread, &attributes, serve, (void *)(intptr_t)ends[1]);
    if (errno)
        die_errno(125, "starting a thread");
    pthread_attr_destroy(&attributes);
    netd->outside = ends[0];
}

int outside_run(struct netd *netd, int (*work)(void *), void *argument) {
    struct call call = {.work = work, .argument = argument}, *pointer = &call;
    if (write_full(netd->outside, &pointer, sizeof pointer) < 0 ||
        read_full(netd->outside, &pointer, sizeof pointer) != sizeof pointer)
        die_errno(125, "talking to the thread in the host's network");
    errno = call.error;
    return call.result;
}

static int make_socket(void *argument) {
    const int *kind = argument;
    return socket(kind[0], kind[1] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int outside_socket(struct netd *netd, int family, int type) {
    int kind[2] = {family, type};
    return outside_run(netd, make_socket, kind);
}
