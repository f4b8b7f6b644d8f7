#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "net_helper.h"

#define REASON_LINES 3

/* A bad argument makes helpers print their whole usage, and pasta complains of a missing syslog. */
static int is_noise(const char *line) {
    return !*line || strncmp(line, "Failed to send ", 15) == 0;
}

void net_helper_reason(const struct net_helper *helper, char *reason, size_t size) {
    char text[4096] = "", *rest = text;
    ssize_t length = pread(helper->errors, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    *reason = '\0';
    for (int kept = 0; rest && kept < REASON_LINES;) {
        const char *line = strsep(&rest, "\n");
        if (strncasecmp(line, "usage:", 6) == 0)
            return;
        if (is_noise(line))
            continue;
        size_t used = strlen(reason);
        snprintf(reason + used, size - used, "%s%s", kept++ ? "; " : ": ", line);
    }
}
