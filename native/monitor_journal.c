/* The journal's native protocol: KEY=value lines, or KEY, a 64-bit length and the value where it may hold
 * newlines. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor.h"

int journal_open(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void journal_send(int socket, const struct plan *plan, int stream, const char *line, size_t length,
                  bool partial) {
    char head[8192];
    const char *id = plan_string(plan, PLAN_CONTAINER, 0, ""),
               *name = plan_string(plan, PLAN_CONTAINER, 1, "");
    const char *tag = plan_string(plan, PLAN_LOG, 4, "");
    int used =
        snprintf(head, sizeof head,
                 "PRIORITY=%d\nCONTAINER_ID=%.12s\nCONTAINER_ID_FULL=%s\nCONTAINER_NAME=%s\n%s%s%s"
                 "SYSLOG_IDENTIFIER=%s\n%sMESSAGE\n",
                 stream == 1 ? 6 : 3, id, id, name, tag[0] ? "CONTAINER_TAG=" : "", tag, tag[0] ? "\n" : "",
                 tag[0] ? tag : name, partial ? "CONTAINER_PARTIAL_MESSAGE=true\n" : "");
    if (used < 0 || (size_t)used >= sizeof head)
        return;
    unsigned char size[8];
    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)((uint64_t)length >> (8 * i));
    struct iovec parts[4] = {
        {head, (size_t)used}, {size, sizeof size}, {(char *)line, length}, {(char *)"\n", 1}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 4};
    sendmsg(socket, &message, MSG_NOSIGNAL);
}
