#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "netd_link.h"
#include "netlink.h"

#define BURST_LEAST 131072u /* bytes: one packet of a segmented stream, twice */
#define BURST_SECONDS 0.01
#define QUEUE_SECONDS 0.2
#define TICKS_PER_US 15.625 /* PSCHED_SHIFT 6: a tick is 64 ns */

static uint32_t at_least(double number, uint32_t least) {
    return number < least ? least : number > 1u << 30 ? 1u << 30 : (uint32_t)number;
}

/* The kernel calculates itself, but wants a table with the right rate in it. */
int rate_limit(int netlink, int index, uint64_t bits) {
    struct netlink message;
    uint64_t bytes = bits / 8 ? bits / 8 : 1;
    uint32_t burst = at_least((double)bytes * BURST_SECONDS, BURST_LEAST), table[256] = {0};
    struct tcmsg header = {.tcm_ifindex = index, .tcm_handle = 0x10000, .tcm_parent = TC_H_ROOT};
    struct tc_tbf_qopt options = {.rate = {.cell_log = 9,
                                           .linklayer = TC_LINKLAYER_ETHERNET,
                                           .rate = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes},
                                  .limit = burst + at_least((double)bytes * QUEUE_SECONDS, 2 * BURST_LEAST),
                                  .buffer = at_least((double)burst * 1e6 / (double)bytes * TICKS_PER_US, 1)};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof header);
    netlink_put_text(&message, TCA_KIND, "tbf");
    size_t nest = netlink_nest(&message, TCA_OPTIONS);
    netlink_put(&message, TCA_TBF_PARMS, &options, sizeof options);
    netlink_put(&message, TCA_TBF_BURST, &burst, sizeof burst);
    if (bytes > UINT32_MAX)
        netlink_put(&message, TCA_TBF_RATE64, &bytes, sizeof bytes);
    netlink_put(&message, TCA_TBF_RTAB, table, sizeof table);
    netlink_end(&message, nest);
    return netlink_ask(netlink, &message);
}
