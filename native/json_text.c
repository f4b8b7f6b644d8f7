#include "json_text.h"

#include <stdbool.h>
#include <string.h>

/* The bytes of the UTF-8 character that begins here, 0 where none does. */
static size_t character(const unsigned char *at, size_t left) {
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool beyond = (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf4 && at[1] > 0x8f);
    return overlong || beyond ? 0 : length;
}

void put_json_string(FILE *to, const char *text, size_t length) {
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    fputc('"', to);
    while (at < end) {
        size_t size = character(at, (size_t)(end - at));
        if (size == 0)
            fputs("\\ufffd", to);
        else if (*at == '"' || *at == '\\')
            fprintf(to, "\\%c", *at);
        else if (*at == '\n')
            fputs("\\n", to);
        else if (*at < 0x20 || *at == 0x7f || strchr("<>&", *at))
            fprintf(to, "\\u%04x", *at);
        else
            fwrite(at, size, 1, to);
        at += size ? size : 1;
    }
    fputc('"', to);
}
