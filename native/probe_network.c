#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "netd_filter.h"
#include "netd_link.h"
#include "netlink.h"
#include "probe.h"

#define BRIDGE "probe0"
#define PORT "probe1"
#define LIMITED "probe2"
#define RATE 1000000u /* bits per second */

static void must(int error, const char *action) {
    if (error == 0)
        return;
    errno = error;
    probe_failed(action);
}

static void enter_network(void) {
    probe_enter_namespaces();
    if (unshare(CLONE_NEWNET) < 0)
        probe_failed("making a network namespace");
}

/* The pair's other end stays in this namespace. */
static int make_links(int netlink) {
    struct link_bridge bridge = {.name = BRIDGE, .mac = {2, 0, 0, 0, 0, 1}};
    must(link_make_bridge(netlink, &bridge), "making a bridge");
    int autoclose here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    struct link_pair pair = {.name = PORT,
                             .bridge = link_index(BRIDGE),
                             .peer = "probe3",
                             .peer_namespace = here,
                             .peer_mac = {2, 0, 0, 0, 0, 2}};
    must(link_make_pair(netlink, &pair), "making a pair of interfaces (veth)");
    return link_index(PORT);
}

void probe_bridge(const char *directory) {
    (void)directory;
    enter_network();
    make_links(netlink_open(NETLINK_ROUTE));
    must(filter_begin(netlink_open(NETLINK_NETFILTER)), "making a packet filter (nftables)");
    probe_ok();
}

void probe_client_address(const char *directory) {
    (void)directory;
    enter_network();
    int yes = 1;
    int autoclose fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &yes, sizeof yes) < 0)
        probe_failed("a socket with another address (IP_TRANSPARENT)");
    must(link_divert_mark(netlink_open(NETLINK_ROUTE), FILTER_MARK, AF_INET), "routing by mark");
    probe_ok();
}

void probe_bandwidth(const char *directory) {
    (void)directory;
    enter_network();
    int netlink = netlink_open(NETLINK_ROUTE), port = make_links(netlink);
    must(rate_limit(netlink, port, RATE), "limiting what is sent (tbf)");
    must(link_make_ifb(netlink, LIMITED), "making an interface for what comes in (ifb)");
    must(rate_limit_ingress(netlink, port, link_index(LIMITED), RATE),
         "limiting what comes in (u32, mirred)");
    probe_ok();
}
