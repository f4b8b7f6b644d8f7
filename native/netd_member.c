#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "io.h"
#include "monitor_netd.h"
#include "netd.h"

#define WISH_GREATEST (4u << 20)

static struct member *member_of(struct watch *watch) {
    return (struct member *)((char *)watch - offsetof(struct member, watch));
}

static void leave(struct netd *netd, struct member *member) {
    struct member **at = &netd->members;
    while (*at != member)
        at = &(*at)->next;
    *at = member->next;
    ports_close(netd, member);
    if (!netd->members)
        netd_end(netd);
    for (size_t i = 0; member->wish && i < member->wish->foot_count; i++) {
        if (member->feet[i].network)
            network_drop(netd, member->feet[i].network);
        foot_doom(netd, &member->feet[i]);
    }
    close_fd(&member->space);
    wish_free(member->wish);
    free(member->feet);
    watch_close(&member->watch);
    free_later(netd, member);
}

static void answer(struct member *member, const char *error) {
    member->waits = false;
    if (!error)
        frame_send(member->watch.fd, FRAME_UPDATED, NULL, 0);
    else
        frame_send_error(member->watch.fd, 125, error);
}

static void answer_in_time(struct netd *netd, struct member *member) {
    if (netd->has_way_out || !way_out_is_needed(member->wish))
        answer(member, NULL);
    else
        member->waits = true;
}

void members_answer(struct netd *netd, const char *error) {
    for (struct member *member = netd->members; member; member = member->next)
        if (member->waits)
            answer(member, error);
}

static char *read_wish(int fd, size_t *size) {
    struct stat status;
    if (fstat(fd, &status) < 0 || status.st_size > WISH_GREATEST)
        return NULL;
    *size = (size_t)status.st_size;
    char *bytes = malloc(*size + 1);
    if (bytes && pread(fd, bytes, *size, 0) == (ssize_t)*size)
        return bytes;
    free(bytes);
    return NULL;
}

static const char *take_wish(struct netd *netd, struct member *member, int fd) {
    size_t size;
    char *bytes = read_wish(fd, &size);
    struct wish *wish = calloc(1, sizeof *wish);
    const char *wrong = bytes && wish ? wish_parse(wish, bytes, size) : "out of memory";
    close(fd);
    if (!wrong)
        return member_apply(netd, member, wish);
    wish_free(wish);
    return netd_error(netd, 0, "what is asked of netd is malformed: %s", wrong);
}

static void hear(struct netd *netd, struct watch *watch, uint32_t events) {
    struct member *member = member_of(watch);
    char what = 0;
    int fd = fd_receive_as(watch->fd, &what);
    (void)events;
    if (fd < 0)
        return errno == EAGAIN ? (void)0 : leave(netd, member);
    bool is_wish = what == NETD_SAY_WISH;
    const char *wrong = is_wish ? take_wish(netd, member, fd) : member_move(netd, member, fd);
    if (wrong)
        return answer(member, wrong);
    if (member->wish && member->space >= 0)
        answer_in_time(netd, member);
}

void member_accept(struct netd *netd, struct watch *watch, uint32_t events) {
    int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct member *member = fd < 0 ? NULL : calloc(1, sizeof *member);
    (void)events;
    if (!member)
        return close_fd(&fd);
    *member = (struct member){.next = netd->members, .watch = {.fd = fd, .ready = hear}, .space = -1};
    netd->members = member;
    watch_add(netd, &member->watch, EPOLLIN);
}
