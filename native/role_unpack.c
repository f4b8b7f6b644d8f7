/* unpack: makes the files of layers. What it is to make comes as records on standard input, from whoever has
 * read the archives and decided; answers go to standard output. Runs where all ids are. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "die.h"
#include "roles.h"
#include "unpack.h"

#define BUFFER (256u << 10)
#define PIPE (1 << 20)

static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM};

int role_unpack(int argc, char **argv) {
    (void)argv;
    if (argc != 2)
        die(125, "usage: tspod-helper unpack");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* what a terminal sends to all is for who gives the orders */
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    umask(0);
    /* where it may not be so large it stays as it is */
    fcntl(0, F_SETPIPE_SZ, PIPE);
    struct unpack_stream stream = {.fd = 0, .buffer = malloc(BUFFER), .size = BUFFER};
    if (!stream.buffer)
        die(125, "unpacking: out of memory");
    struct unpack_layer layer = {.root = -1, .parent = -1, .file = -1};
    struct unpack_item item;
    while (unpack_next(&stream, &item)) {
        if (item.record.op != UNPACK_DATA)
            unpack_make(&layer, &item);
        else if (unpack_data(&stream, &layer, item.record.size, item.record.length) < 0)
            unpack_answer_failure("write", layer.pending.path);
    }
    return 0;
}
