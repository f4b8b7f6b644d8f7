/* Errors: one line on standard error, or to whoever has asked for them, and the end of the process. */
#ifndef TSPOD_DIE_H
#define TSPOD_DIE_H

#include <stddef.h>

/* Called with the exit status and the text instead of printing "Error: TEXT", before the process ends. */
typedef void die_reporter(int status, const char *text);

/* Every process that reports elsewhere (monitor, container) sets this once after its fork. */
void die_report_to(die_reporter *reporter);

/* Sends "E<status> <text>" in one message of a socket, for a child whose parent listens there. */
void die_report_over(int socket);

_Noreturn void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, with ": " and the text of errno behind it. */
_Noreturn void die_errno(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
