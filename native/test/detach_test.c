/* Detach keys: what is typed comes out, but for the sequence. */
#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "detach.h"

static const struct {
    const char *keys, *typed[3], *passed;
    bool detached;
} cases[] = {
    {"\x10\x11", {"ls\n"}, "ls\n", false},
    {"\x10\x11", {"ls\x10\x11more"}, "ls", true},
    {"\x10\x11", {"a\x10", "\x11"}, "a", true},
    {"\x10\x11",
     {"\x10", "b"},
     "\x10"
     "b",
     false},
    {"\x10\x11", {"\x10\x10", "\x11"}, "\x10", true},
    {"\x10\x11",
     {"\x11\x10", "\x10", "c"},
     "\x11\x10\x10"
     "c",
     false},
    {"q", {"abq"}, "ab", true},
    {"", {"\x10\x11"}, "\x10\x11", false},
};

int main(void) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct detach detach = {.keys = cases[i].keys, .length = strlen(cases[i].keys)};
        char passed[256] = "", piece[128];
        bool detached = false;
        for (size_t at = 0; at < 3 && cases[i].typed[at]; at++) {
            size_t length =
                detach_filter(&detach, cases[i].typed[at], strlen(cases[i].typed[at]), piece, &detached);
            strncat(passed, piece, length);
        }
        CHECK(strcmp(passed, cases[i].passed) == 0, "what comes out");
        CHECK(detached == cases[i].detached, "whether it detaches");
    }
    return 0;
}
