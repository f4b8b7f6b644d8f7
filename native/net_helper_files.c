/* Helpers give up the capability to look into /proc/PID/fd: they find the namespace as a file, and write to a
 * FIFO. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "net_helper.h"

static void bind_namespace(const struct net_helper_place *place) {
    char netns[1024], source[64];
    snprintf(netns, sizeof netns, "%s/netns", place->directory);
    snprintf(source, sizeof source, "/proc/self/fd/%d", place->space);
    autoclose int file = open(netns, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0 || mount(source, netns, NULL, MS_BIND, NULL) < 0)
        die_errno(125, "binding the network namespace on %s", netns);
}

void net_helper_prepare(struct net_helper *helper, const struct net_helper_place *place) {
    bind_namespace(place);
    net_helper_again(helper, place);
}

void net_helper_again(struct net_helper *helper, const struct net_helper_place *place) {
    char ready[1024];
    snprintf(ready, sizeof ready, "%s/ready", place->directory);
    if (mkfifo(ready, 0600) < 0 && errno != EEXIST)
        die_errno(125, "making %s", ready);
    helper->ready = open(ready, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (helper->ready < 0)
        die_errno(125, "opening %s", ready);
    helper->errors = memfd_create("errors", MFD_CLOEXEC);
}
