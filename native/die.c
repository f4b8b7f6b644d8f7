#include "die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static die_reporter *reporter;

void die_report_to(die_reporter *to) {
    reporter = to;
}

static int report_socket;

static void report_over(int status, const char *text) {
    char message[2100];
    int length = snprintf(message, sizeof message, "E%d %s", status, text);
    send(report_socket, message, (size_t)length < sizeof message ? (size_t)length : sizeof message - 1,
         MSG_NOSIGNAL);
}

void die_report_over(int socket) {
    report_socket = socket;
    die_report_to(report_over);
}

static _Noreturn void end(int status, int error, const char *format, va_list arguments) {
    char text[2048];
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (error && length >= 0 && (size_t)length < sizeof text)
        snprintf(text + length, sizeof text - (size_t)length, ": %s", strerror(error));
    if (reporter)
        reporter(status, text);
    else
        dprintf(2, "Error: %s\n", text);
    _exit(status);
}

void die(int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    end(status, 0, format, arguments);
}

void die_errno(int status, const char *format, ...) {
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    end(status, error, format, arguments);
}
