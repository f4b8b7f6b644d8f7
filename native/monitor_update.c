#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "io.h"
#include "monitor.h"

#define ANSWER_GREATEST 1024

/* NULL, or what is wrong (allocated). The group is written first: only what could be done is kept. */
static char *carry_out(struct monitor *monitor, struct plan *update, char *bytes, uint32_t length) {
    const char *wrong = bytes ? plan_parse(update, bytes, length) : "out of memory";
    char *error = wrong ? strdup(wrong) : netd_change(monitor, update);
    if (!error)
        error = cgroup_update(monitor->plan, update);
    if (error || wrong)
        return error;
    return plan_update(monitor->plan, update) ? NULL : strdup("out of memory");
}

static void answer_error(struct client *client, const char *error) {
    char answer[4 + ANSWER_GREATEST] = {125};
    size_t length = strnlen(error, ANSWER_GREATEST);
    memcpy(answer + 4, error, length);
    clients_send(client, FRAME_ERROR, answer, (uint32_t)(4 + length));
}

void monitor_update(struct monitor *monitor, struct client *client, const char *data, uint32_t length) {
    struct plan update = {0};
    char *bytes = malloc((size_t)length + 1);
    if (bytes)
        memcpy(bytes, data, length);
    autofree char *error = carry_out(monitor, &update, bytes, length);
    bool changes_health = plan_find(&update, PLAN_HEALTH) || plan_find(&update, PLAN_HEALTH_TEST);
    free(update.ops); /* the rest is in use when it was kept */
    if (!error && changes_health)
        health_changed(monitor);
    if (!error)
        return clients_send(client, FRAME_UPDATED, NULL, 0);
    answer_error(client, error);
    free(update.args);
    free(bytes);
}
