#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "unpack.h"

#define ANSWERS 1

void unpack_answer_done(void) {
    struct unpack_answer answer = {.kind = UNPACK_DONE};
    if (write_full(ANSWERS, &answer, sizeof answer) < 0)
        _exit(125);
}

void unpack_answer_warning(const char *attribute) {
    struct {
        struct unpack_answer head;
        char text[1024];
    } message = {.head = {.kind = UNPACK_WARNING, .error = errno}};
    int length = snprintf(message.text, sizeof message.text, "%s%c%s", attribute, '\0', strerror(errno));
    if (length < 0 || (size_t)length >= sizeof message.text)
        return;
    message.head.length = (uint32_t)length;
    /* who gives the orders reads later: what is more than the pipe holds must not stop both */
    fcntl(ANSWERS, F_SETFL, O_NONBLOCK);
    if (write(ANSWERS, &message, sizeof message.head + (size_t)length) < 0 && errno != EAGAIN)
        _exit(125);
}

_Noreturn void unpack_answer_failure(const char *action, const char *path) {
    int error = errno;
    const char *reason = strerror(error);
    size_t sizes[] = {strlen(action) + 1, strlen(reason) + 1, strlen(path)};
    struct unpack_answer answer = {
        .kind = UNPACK_FAILED, .error = error, .length = (uint32_t)(sizes[0] + sizes[1] + sizes[2])};
    /* who gives the orders looks for answers when nobody takes them any more */
    close(0);
    if (write_full(ANSWERS, &answer, sizeof answer) == 0 && write_full(ANSWERS, action, sizes[0]) == 0 &&
        write_full(ANSWERS, reason, sizes[1]) == 0)
        write_full(ANSWERS, path, sizes[2]);
    _exit(125);
}
