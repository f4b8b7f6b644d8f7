/*
 * seccomp FD: compiles a profile read from FD, and writes the filter (struct sock_filter[]) to standard
 * output.
 *
 * The profile is lines of words with one blank between them:
 *
 *   default ACTION [ERRNO]
 *   arch NAME                        a further architecture, as libseccomp calls it (x86_64, x86, x32,
 * aarch64, arm ...) rule ACTION ERRNO SYSCALL [INDEX OP VALUE VALUE2]...
 *
 * ACTION is a name of seccomp_rule_add(3) (SCMP_ACT_ALLOW), OP one of SCMP_CMP_NE LT LE EQ GE GT MASKED_EQ;
 * VALUE2 is the value to compare with behind a mask, else 0. Numbers are decimal or 0x hexadecimal; ERRNO is
 * for SCMP_ACT_ERRNO and SCMP_ACT_TRACE. As runc does it: system calls with unknown names are left out; a
 * rule with two comparisons of one argument is one rule for each of its comparisons, since a filter cannot
 * join them; rules that do what the default does are left out. "default" comes first.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "roles.h"

#define LINE_GREATEST 1024
#define COMPARISONS 6

struct rule {
    uint32_t action;
    int call;
    unsigned count;
    struct scmp_arg_cmp comparisons[COMPARISONS];
};

struct profile {
    scmp_filter_ctx filter;
    uint32_t otherwise;
    char *rest; /* of the line that is being read */
    unsigned line;
};

static const char *next_word(struct profile *profile) {
    char *word = profile->rest ? strsep(&profile->rest, " ") : NULL;
    return word && *word ? word : NULL;
}

static const char *word(struct profile *profile) {
    const char *found = next_word(profile);
    if (!found)
        die(125, "seccomp profile, line %u: too few words", profile->line);
    return found;
}

static uint64_t number(struct profile *profile) {
    const char *text = word(profile);
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 0);
    if (*end || errno || *text == '-')
        die(125, "seccomp profile, line %u: not a number: \"%s\"", profile->line, text);
    return value;
}

static uint32_t action_of(const struct profile *profile, const char *name, uint64_t error) {
    static const struct {
        const char *name;
        uint32_t action;
    } actions[] = {
        {"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW}, {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
        {"SCMP_ACT_LOG", SCMP_ACT_LOG},     {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
        {"SCMP_ACT_TRAP", SCMP_ACT_TRAP},   {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(name, actions[i].name) == 0)
            return actions[i].action;
    if (strcmp(name, "SCMP_ACT_ERRNO") == 0)
        return SCMP_ACT_ERRNO(error & 0xffff);
    if (strcmp(name, "SCMP_ACT_TRACE") == 0)
        return SCMP_ACT_TRACE(error & 0xffff);
    if (strcmp(name, "SCMP_ACT_NOTIFY") == 0)
        die(125, "seccomp profile: SCMP_ACT_NOTIFY needs a listener, which tspod does not have: use "
                 "SCMP_ACT_ERRNO");
    die(125, "seccomp profile, line %u: unknown action \"%s\"", profile->line, name);
}

static enum scmp_compare comparison_of(const struct profile *profile, const char *name) {
    static const char *const names[] = {
        [SCMP_CMP_NE] = "SCMP_CMP_NE",
        [SCMP_CMP_LT] = "SCMP_CMP_LT",
        [SCMP_CMP_LE] = "SCMP_CMP_LE",
        [SCMP_CMP_EQ] = "SCMP_CMP_EQ",
        [SCMP_CMP_GE] = "SCMP_CMP_GE",
        [SCMP_CMP_GT] = "SCMP_CMP_GT",
        [SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return (enum scmp_compare)i;
    die(125, "seccomp profile, line %u: unknown comparison \"%s\"", profile->line, name);
}

static void read_default(struct profile *profile) {
    const char *name = word(profile);
    uint64_t error = profile->rest ? number(profile) : EPERM;
    profile->otherwise = action_of(profile, name, error);
    profile->filter = seccomp_init(profile->otherwise);
    if (!profile->filter)
        die(125, "seccomp profile: the default action %s is not one of this kernel", name);
    /* a binary tree over the numbers: an allowed call costs ten comparisons and not four hundred */
    seccomp_attr_set(profile->filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    seccomp_attr_set(profile->filter, SCMP_FLTATR_CTL_NNP, 0);
}

static void read_architecture(struct profile *profile) {
    const char *name = word(profile);
    uint32_t token = seccomp_arch_resolve_name(name);
    if (token == 0)
        die(125, "seccomp profile, line %u: unknown architecture \"%s\"", profile->line, name);
    int result = seccomp_arch_add(profile->filter, token);
    if (result < 0 && result != -EEXIST)
        die(125, "seccomp profile: adding architecture %s: %s", name, strerror(-result));
}

static void add(const struct profile *profile, const struct rule *rule, unsigned from, unsigned count) {
    int result =
        seccomp_rule_add_array(profile->filter, rule->action, rule->call, count, rule->comparisons + from);
    if (result < 0 && result != -EEXIST)
        die(125, "seccomp profile, line %u: adding the rule: %s", profile->line, strerror(-result));
}

static bool compares_twice(const struct rule *rule) {
    unsigned seen = 0;
    for (unsigned i = 0; i < rule->count; i++) {
        if (seen >> rule->comparisons[i].arg & 1)
            return true;
        seen |= 1u << rule->comparisons[i].arg;
    }
    return false;
}

static void read_comparisons(struct profile *profile, struct rule *rule) {
    while (profile->rest) {
        if (rule->count == COMPARISONS)
            die(125, "seccomp profile, line %u: more than %d comparisons", profile->line, COMPARISONS);
        struct scmp_arg_cmp *comparison = &rule->comparisons[rule->count++];
        uint64_t index = number(profile);
        if (index > 5)
            die(125, "seccomp profile, line %u: a system call has no argument %llu", profile->line,
                (unsigned long long)index);
        comparison->arg = (unsigned)index;
        comparison->op = comparison_of(profile, word(profile));
        comparison->datum_a = number(profile);
        comparison->datum_b = number(profile);
    }
}

static void read_rule(struct profile *profile) {
    struct rule rule = {0};
    const char *action = word(profile);
    rule.action = action_of(profile, action, number(profile));
    rule.call = seccomp_syscall_resolve_name(word(profile));
    read_comparisons(profile, &rule);
    if (rule.call == __NR_SCMP_ERROR || rule.action == profile->otherwise)
        return;
    if (!compares_twice(&rule))
        return add(profile, &rule, 0, rule.count);
    for (unsigned i = 0; i < rule.count; i++)
        add(profile, &rule, i, 1);
}

static void read_line(struct profile *profile) {
    const char *kind = next_word(profile);
    if (!kind)
        return;
    if (strcmp(kind, "default") == 0 && !profile->filter)
        read_default(profile);
    else if (!profile->filter)
        die(125, "seccomp profile, line %u: \"default\" has to come first", profile->line);
    else if (strcmp(kind, "arch") == 0)
        read_architecture(profile);
    else if (strcmp(kind, "rule") == 0)
        read_rule(profile);
    else
        die(125, "seccomp profile, line %u: unknown word \"%s\"", profile->line, kind);
}

int role_seccomp(int argc, char **argv) {
    struct profile profile = {0};
    char line[LINE_GREATEST];
    FILE *input = argc == 3 ? fdopen(atoi(argv[2]), "r") : NULL;
    if (!input)
        die(125, "usage: tspod-helper seccomp FD");
    while (fgets(line, sizeof line, input)) {
        size_t length = strcspn(line, "\n");
        if (line[length] != '\n' && !feof(input))
            die(125, "seccomp profile, line %u: too long", profile.line + 1);
        line[length] = '\0';
        profile.line++;
        profile.rest = line;
        read_line(&profile);
    }
    if (ferror(input) || !profile.filter)
        die(125, "seccomp profile: it has no \"default\" line, or cannot be read");
    int result = seccomp_export_bpf(profile.filter, 1);
    if (result < 0)
        die(125, "compiling the seccomp profile: %s", strerror(-result));
    seccomp_release(profile.filter);
    fclose(input);
    return 0;
}
