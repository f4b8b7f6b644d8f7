/* idle_memory_release: less is in memory, and nothing is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "idle_memory.h"
#include "io.h"

static char kept[5000] = "data";

/* Of /proc/self/status, in kB. */
static long resident(const char *kind) {
    char text[8192];
    CHECK(read_file("/proc/self/status", text, sizeof text) > 0, "the status is read");
    const char *line = strstr(text, kind);
    CHECK(line, "the line is there");
    return strtol(line + strlen(kind), NULL, 10);
}

/* Leaves pages of the stack behind. */
static __attribute__((noinline)) int use_stack(int depth) {
    volatile char page[4096];
    memset((char *)page, depth, sizeof page);
    return depth > 0 ? use_stack(depth - 1) + page[17] : page[17];
}

int main(void) {
    char local[3000];
    char *heap = malloc(3000);
    CHECK(heap, "memory");
    memset(local, 'l', sizeof local);
    memset(heap, 'h', 3000);
    memset(kept + 4, 'k', sizeof kept - 4);
    CHECK(use_stack(16) >= 0, "the stack is used");
    long code = resident("RssFile:"), data = resident("RssAnon:");
    idle_memory_release();
    for (size_t i = 0; i < 3000; i++)
        CHECK(local[i] == 'l' && heap[i] == 'h', "what was written is there");
    CHECK(memcmp(kept, "datak", 5) == 0 && kept[4999] == 'k', "static data is there");
    CHECK(resident("RssFile:") < code, "code has been given back");
    CHECK(resident("RssAnon:") < data, "the stack has been given back");
    free(heap);
    return 0;
}
