#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"

#define RECORD_HEADER 8
#define PLAN_GREATEST (64u << 20)

static const char *signature_of(uint16_t code) {
    switch (code) {
#define OP(name, number, signature)                                                                          \
    case number:                                                                                             \
        return signature;
        PLAN_OPS(OP)
#undef OP
    default:
        return NULL;
    }
}

static uint16_t read_u16(const char *from) {
    const unsigned char *bytes = (const unsigned char *)from;
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read_u32(const char *from) {
    return (uint32_t)read_u16(from) | (uint32_t)read_u16(from + 2) << 16;
}

static uint64_t read_u64(const char *from) {
    return (uint64_t)read_u32(from) | (uint64_t)read_u32(from + 4) << 32;
}

/* The letter that governs argument `index`, 0 where the signature has no such argument. */
static char letter_at(const char *signature, size_t index) {
    size_t length = strlen(signature);
    if (index < length)
        return signature[index];
    char last = length ? signature[length - 1] : 0;
    return last == 'L' || last == 'U' ? last : 0;
}

static size_t least_arguments(const char *signature) {
    size_t length = strlen(signature);
    char last = length ? signature[length - 1] : 0;
    return last == 'L' || last == 'U' ? length - 1 : length;
}

static const char *parse_arguments(struct plan_op *op, const char *at, const char *end,
                                   struct plan_arg *args) {
    const char *signature = signature_of(op->code);
    if (!signature)
        return "unknown operation";
    if (op->count < least_arguments(signature))
        return "too few arguments";
    op->args = args;
    for (size_t i = 0; i < op->count; i++) {
        char letter = letter_at(signature, i);
        if (!letter)
            return "too many arguments";
        if (end - at < 4)
            return "argument cut off";
        uint32_t length = read_u32(at);
        at += 4;
        if ((size_t)(end - at) < (size_t)length + 1)
            return "argument cut off";
        if (at[length] != '\0')
            return "argument without its closing byte";
        if (letter == 'u' || letter == 'U') {
            if (length != 8)
                return "integer of a wrong size";
            args[i].number = read_u64(at);
        } else if (letter != 'b' && memchr(at, '\0', length)) {
            return "string with a NUL byte";
        }
        args[i].length = length;
        args[i].data = at;
        at += (size_t)length + 1;
    }
    return at == end ? NULL : "bytes after the last argument";
}

/* Counts records and arguments, so that both arrays can be allocated at once. */
static const char *count_records(const char *at, const char *end, size_t *records, size_t *arguments) {
    *records = *arguments = 0;
    while (at < end) {
        if (end - at < RECORD_HEADER)
            return "record cut off";
        uint32_t length = read_u32(at + 4);
        *arguments += read_u16(at + 2);
        *records += 1;
        at += RECORD_HEADER;
        if ((size_t)(end - at) < length)
            return "record cut off";
        /* every argument takes five bytes at least: a lying count cannot make us allocate more than the plan
         */
        if (read_u16(at - RECORD_HEADER + 2) > length / 5)
            return "more arguments than bytes";
        at += length;
    }
    return NULL;
}

const char *plan_parse(struct plan *plan, char *bytes, size_t size) {
    *plan = (struct plan){.bytes = bytes, .size = size};
    size_t magic = sizeof PLAN_MAGIC - 1;
    if (size < magic || memcmp(bytes, PLAN_MAGIC, magic) != 0)
        return "not a plan of this version";
    const char *at = bytes + magic, *end = bytes + size;
    size_t records, arguments;
    const char *wrong = count_records(at, end, &records, &arguments);
    if (wrong)
        return wrong;
    plan->ops = calloc(records + 1, sizeof *plan->ops);
    plan->args = calloc(arguments + 1, sizeof *plan->args);
    if (!plan->ops || !plan->args)
        return "out of memory";
    struct plan_arg *next = plan->args;
    for (; at < end; at += RECORD_HEADER + read_u32(at + 4)) {
        struct plan_op *op = &plan->ops[plan->count];
        op->code = read_u16(at);
        op->count = read_u16(at + 2);
        wrong = parse_arguments(op, at + RECORD_HEADER, at + RECORD_HEADER + read_u32(at + 4), next);
        if (wrong)
            return wrong;
        next += op->count;
        plan->count++;
    }
    return NULL;
}

/* The monitor and its relay may read the same file at once: neither moves its offset. */
void plan_read(struct plan *plan, int fd) {
    size_t size = 0, room = 32768;
    char *bytes = malloc(room);
    for (;;) {
        if (!bytes)
            die(125, "reading the plan: out of memory");
        ssize_t got = pread(fd, bytes + size, room - size, (off_t)size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            die_errno(125, "reading the plan");
        if (got == 0)
            break;
        size += (size_t)got;
        if (size > PLAN_GREATEST)
            die(125, "reading the plan: larger than %u bytes", PLAN_GREATEST);
        if (size == room)
            bytes = realloc(bytes, room *= 2);
    }
    const char *wrong = plan_parse(plan, bytes, size);
    if (wrong)
        die(125, "reading the plan: %s", wrong);
}

void plan_free(struct plan *plan) {
    free(plan->ops);
    free(plan->args);
    free(plan->bytes);
    *plan = (struct plan){0};
}

const struct plan_op *plan_next(const struct plan *plan, enum plan_code code, size_t *position) {
    while (*position < plan->count) {
        const struct plan_op *op = &plan->ops[(*position)++];
        if (op->code == code)
            return op;
    }
    return NULL;
}

const struct plan_op *plan_find(const struct plan *plan, enum plan_code code) {
    size_t position = 0;
    return plan_next(plan, code, &position);
}

const char *plan_string(const struct plan *plan, enum plan_code code, size_t index, const char *otherwise) {
    const struct plan_op *op = plan_find(plan, code);
    return op && index < op->count ? op->args[index].data : otherwise;
}

uint64_t plan_number(const struct plan *plan, enum plan_code code, size_t index, uint64_t otherwise) {
    const struct plan_op *op = plan_find(plan, code);
    return op && index < op->count ? op->args[index].number : otherwise;
}

char **plan_strings(const struct plan_op *op, size_t from) {
    size_t count = op->count > from ? op->count - from : 0;
    char **strings = calloc(count + 1, sizeof *strings);
    if (!strings)
        die(125, "out of memory");
    for (size_t i = 0; i < count; i++)
        strings[i] = (char *)op->args[from + i].data;
    return strings;
}
