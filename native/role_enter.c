/* enter FD: becomes a program (ARGV, ENV, CWD) as uid 0 of the common user namespace, with a mount namespace
 * of its own if NS_NEW says so, in which SHARED_MOUNTs are. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "container_process.h"
#include "die.h"
#include "plan.h"
#include "roles.h"
#include "shared_mount.h"
#include "userns.h"

int role_enter(int argc, char **argv) {
    struct plan plan;
    if (argc != 3)
        die(125, "usage: tspod-helper enter FD");
    int fd = atoi(argv[2]);
    plan_read(&plan, fd);
    close(fd);
    userns_enter_common(&plan, false);
    uint64_t namespaces = plan_number(&plan, PLAN_NS_NEW, 0, 0);
    if (namespaces && unshare((int)namespaces) < 0)
        die_errno(125, "making namespaces (%#llx)", (unsigned long long)namespaces);
    if (namespaces & CLONE_NEWNS && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        die_errno(125, "keeping mounts inside the new mount namespace");
    shared_mounts(&plan, true);
    const char *directory = plan_string(&plan, PLAN_CWD, 0, NULL);
    if (directory && chdir(directory) < 0)
        die_errno(125, "changing to the working directory \"%s\"", directory);
    process_execute(&plan);
}
