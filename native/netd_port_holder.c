#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io.h"
#include "netd.h"

struct search {
    const char *file;
    uint16_t port;
    unsigned long inode;
};

/* Outside: the thread's own network namespace. The inode of the socket that has the port. */
static int look_up(void *argument) {
    struct search *search = argument;
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/self/task/%ld/net/%s", (long)syscall(SYS_gettid), search->file);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    while (!search->inode && fgets(line, sizeof line, file)) {
        unsigned port, state;
        unsigned long inode;
        int found =
            sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s %lu", &port, &state, &inode);
        if (found == 3 && port == search->port && (state == 0x0a || state == 0x07))
            search->inode = inode;
    }
    fclose(file);
    return search->inode ? 0 : -1;
}

static bool has_socket(const char *pid, const char *wanted) {
    char path[600], target[64];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *directory = opendir(path);
    for (const struct dirent *entry; directory && !found && (entry = readdir(directory));) {
        snprintf(path, sizeof path, "/proc/%s/fd/%s", pid, entry->d_name);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = '\0';
        found = strcmp(target, wanted) == 0;
    }
    if (directory)
        closedir(directory);
    return found;
}

static void describe(const char *pid, char *text, size_t size) {
    char path[300], name[64] = "";
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    read_file(path, name, sizeof name);
    name[strcspn(name, "\n")] = '\0';
    snprintf(text, size, " by \"%s\" (process %s)", name, pid);
}

static void find_process(unsigned long inode, char *text, size_t size) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    DIR *directory = opendir("/proc");
    for (const struct dirent *entry; directory && !*text && (entry = readdir(directory));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && has_socket(entry->d_name, wanted))
            describe(entry->d_name, text, size);
    if (directory)
        closedir(directory);
}

static bool find_member(const struct netd *netd, int protocol, uint16_t number, char *text, size_t size) {
    for (const struct member *member = netd->members; member; member = member->next)
        for (const struct port *port = member->ports; port; port = port->next)
            if (port->host == number && port->protocol == protocol && member->wish)
                return snprintf(text, size, " by container \"%s\"\nhint: stop it: tspod stop %s",
                                member->wish->name, member->wish->name) > 0;
    return false;
}

void port_holder(struct netd *netd, int protocol, uint16_t port, char *text, size_t size) {
    const char *files[2][2] = {{"tcp", "tcp6"}, {"udp", "udp6"}};
    *text = '\0';
    if (find_member(netd, protocol, port, text, size))
        return;
    for (int i = 0; i < 2; i++) {
        struct search search = {.file = files[protocol != IPPROTO_TCP][i], .port = port};
        if (outside_run(netd, look_up, &search) == 0)
            return find_process(search.inode, text, size);
    }
}
