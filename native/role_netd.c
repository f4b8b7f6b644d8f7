/* netd DIRECTORY, the listening socket as descriptor 3: see netd.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "frame.h"
#include "io.h"
#include "netd.h"
#include "netd_filter.h"
#include "netlink.h"
#include "roles.h"
#include "userns.h"

#define LISTENER 3

static struct netd self;

/* To those who wait for an answer, and those at the door. */
static void report(int status, const char *text) {
    int fd;
    for (const struct member *member = self.members; member; member = member->next)
        if (member->waits || !member->wish)
            frame_send_error(member->watch.fd, (uint32_t)status, text);
    while ((fd = accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        frame_send_error(fd, (uint32_t)status, text);
}

static void take_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    self.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    sigaddset(&set, SIGPIPE);
    if (self.signals < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        die_errno(125, "blocking signals");
}

/* A published port each, and two more for each connection. */
static void raise_limits(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void set(const char *path, const char *value) {
    if (write_file(path, value) < 0 && errno != ENOENT)
        die_errno(125, "writing %s", path);
}

/* Packets within a bridge are none of the filter's business. Where the kernel has no br_netfilter they are
 * not anyway. */
static void leave_bridges_alone(void) {
    write_file("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
    write_file("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
    write_file("/proc/sys/net/bridge/bridge-nf-call-arptables", "0");
}

static void check(int error, const char *what) {
    errno = error;
    if (error)
        die_errno(125, "%s", what);
}

static void make_namespace(void) {
    if (unshare(CLONE_NEWNET) < 0)
        die_errno(125, "making the network namespace of the networks");
    self.space = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (self.space < 0)
        die_errno(125, "opening the network namespace of the networks");
    self.netlink = netlink_open(NETLINK_ROUTE);
    self.filter = netlink_open(NETLINK_NETFILTER);
    check(link_up(self.netlink, 1), "setting up lo");
    set("/proc/sys/net/ipv4/ip_forward", "1");
    set("/proc/sys/net/ipv6/conf/all/forwarding", "1");
    leave_bridges_alone();
    check(filter_begin(self.filter), "making the packet filter (nftables)");
    check(link_divert_mark(self.netlink, FILTER_MARK, AF_INET), "making a rule of routing");
    int error = link_divert_mark(self.netlink, FILTER_MARK, AF_INET6);
    check(error == EAFNOSUPPORT || error == EOPNOTSUPP ? 0 : error, "making a rule of routing for IPv6");
}

/* Mounts of its own: the namespace is bound on a file, for slirp4netns and pasta. */
static void make_place(const char *directory) {
    static char own[1024];
    snprintf(own, sizeof own, "%s/netd", directory);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        die_errno(125, "making a mount namespace");
    if (make_directories(own, 0700) < 0)
        die_errno(125, "making %s", own);
    self.helper_directory = own;
}

int role_netd(int argc, char **argv) {
    if (argc < 3)
        die(125, "netd: no directory");
    self = (struct netd){.listener = LISTENER,
                         .directory = argv[2],
                         .helper = {.ending = -1, .ready = -1, .errors = -1},
                         .helper_ready.fd = -1};
    die_report_to(report);
    prctl(PR_SET_NAME, "tspod-netd");
    if (fcntl(LISTENER, F_SETFD, FD_CLOEXEC) < 0 || fcntl(LISTENER, F_SETFL, O_NONBLOCK) < 0)
        die_errno(125, "netd: no listening socket");
    take_signals();
    raise_limits();
    self.poll = epoll_create1(EPOLL_CLOEXEC);
    if (self.poll < 0)
        die_errno(125, "waiting for events");
    userns_remember(argv[2]);
    make_place(argv[2]);
    outside_begin(&self);
    make_namespace();
    netd_serve(&self);
}
