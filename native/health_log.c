#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "health.h"
#include "json_text.h"

#define ENTRY "{\"Start\":"

/* RFC 3339 with nanoseconds, as Go prints it: without zeros at the end. */
static void put_time(FILE *to, long long moment) {
    time_t seconds = (time_t)(moment / 1000000000);
    char date[48] = "", zone[8] = "", fraction[16];
    struct tm parts;
    if (localtime_r(&seconds, &parts)) {
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
        strftime(zone, sizeof zone, "%z", &parts);
    }
    int used = snprintf(fraction, sizeof fraction, ".%09d", (int)(moment % 1000000000));
    while (used > 1 && fraction[used - 1] == '0')
        used--;
    fprintf(to, "\"%s%.*s", date, used > 1 ? used : 0, fraction);
    if (strcmp(zone, "+0000") == 0)
        fputs("Z\"", to);
    else
        fprintf(to, "%.3s:%s\"", zone, strlen(zone) > 3 ? zone + 3 : "");
}

static void put_entry(FILE *to, const struct health_entry *entry) {
    fputs(ENTRY, to);
    put_time(to, entry->start);
    fputs(",\"End\":", to);
    put_time(to, entry->end);
    fprintf(to, ",\"ExitCode\":%d,\"Output\":", entry->code);
    put_json_string(to, entry->output, entry->length);
    fputc('}', to);
}

static bool is_entry(const char *line) {
    return strncmp(line, ENTRY, strlen(ENTRY)) == 0;
}

/* The line after this one, or the end of the text. */
static const char *after(const char *line) {
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

static void put_old(FILE *to, const char *old, uint64_t most) {
    uint64_t count = 0;
    for (const char *line = old; *line; line = after(line))
        count += is_entry(line);
    for (const char *line = old; *line; line = after(line)) {
        if (!is_entry(line) || (most && count-- >= most))
            continue;
        size_t length = strcspn(line, "\n");
        fwrite(line, length - (length && line[length - 1] == ','), 1, to);
        fputs(",\n", to);
    }
}

char *health_log(const struct health *health, const struct plan *plan, const char *old,
                 const struct health_entry *entry) {
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    fprintf(to, "{\"Status\":\"%s\",\"FailingStreak\":%u,\"Log\":[\n", health_word(health->state),
            health->streak);
    put_old(to, old ? old : "", plan_number(plan, PLAN_HEALTH, 2, 0));
    put_entry(to, entry);
    fputs("\n]}\n", to);
    bool failed = ferror(to);
    if (fclose(to) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

char *health_entry_text(const struct health_entry *entry) {
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    put_entry(to, entry);
    bool failed = ferror(to);
    if (fclose(to) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
