/* Making the files of layers out of records: what is made, and that nonsense ends the process and nothing
 * else. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "roles.h"
#include "unpack.h"

static char records[24 << 20];
static size_t length;

static void put(const void *data, size_t size) {
    CHECK(length + size <= sizeof records, "room for records");
    memcpy(records + length, data, size);
    length += size;
}

static void put_record(struct unpack_record record, const char *path, const char *link) {
    record.path_length = (uint32_t)strlen(path);
    record.link_length = (uint32_t)strlen(link);
    put(&record, sizeof record);
    put(path, record.path_length);
    put(link, record.link_length);
}

/* Runs the role with what has been put, in a child. Its answers are in `answers`. */
static int unpack(char *answers, size_t size) {
    int orders[2], replies[2];
    CHECK(pipe(orders) == 0 && pipe(replies) == 0, "pipes");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(orders[0], 0);
        dup2(replies[1], 1);
        close(orders[1]);
        close(replies[0]);
        char *argv[] = {"tspod", "unpack", NULL};
        _exit(role_unpack(2, argv));
    }
    close(orders[0]);
    close(replies[1]);
    CHECK(write(orders[1], records, length) == (ssize_t)length, "sending records");
    close(orders[1]);
    memset(answers, 0, size);
    size_t got = 0;
    for (ssize_t part; (part = read(replies[0], answers + got, size - got)) > 0;)
        got += (size_t)part;
    close(replies[0]);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "the process ends by itself");
    length = 0;
    return WEXITSTATUS(status);
}

static void begin(const char *root) {
    char path[PATH_MAX];
    CHECK(realpath(root, path), "the root is there");
    put_record((struct unpack_record){.op = UNPACK_ROOT}, path, "");
}

static void put_file(const char *path, const char *data) {
    put_record((struct unpack_record){.op = UNPACK_FILE, .mode = 0640, .seconds = 5}, path, "");
    put_record((struct unpack_record){.op = UNPACK_DATA, .size = 3, .length = (uint32_t)strlen(data)}, "",
               "");
    put(data, strlen(data));
    put_record((struct unpack_record){.op = UNPACK_END, .size = 4096}, "", "");
}

static void files_are_made_as_told(void) {
    struct stat status;
    char text[16] = "", answers[256];
    CHECK(mkdir("root", 0755) == 0, "root");
    begin("root");
    put_record((struct unpack_record){.op = UNPACK_DIRECTORY, .mode = 0750}, "dir", "");
    put_file("dir/file", "data");
    put_record((struct unpack_record){.op = UNPACK_HARDLINK}, "other", "dir/file");
    put_record((struct unpack_record){.op = UNPACK_SYMLINK, .seconds = 7}, "dir/link", "/etc");
    put_record((struct unpack_record){.op = UNPACK_DIRECTORY, .mode = 0700}, "gone", "");
    put_file("gone/file", "x");
    put_record((struct unpack_record){.op = UNPACK_REMOVE}, "gone", "");
    put_record((struct unpack_record){.op = UNPACK_TIMES, .seconds = -1}, "dir", "");
    put_record((struct unpack_record){.op = UNPACK_SYNC}, "", "");
    CHECK(unpack(answers, sizeof answers) == 0, "all of it is done");
    CHECK(((struct unpack_answer *)(void *)answers)->kind == UNPACK_DONE, "and answered");
    CHECK(stat("root/other", &status) == 0 && status.st_nlink == 2 && status.st_size == 4096, "links, holes");
    CHECK((status.st_mode & 07777) == 0640 && status.st_mtime == 5, "mode and time of a file");
    int fd = open("root/dir/file", O_RDONLY);
    CHECK(fd >= 0 && pread(fd, text, 4, 3) == 4 && strcmp(text, "data") == 0 && close(fd) == 0, "data");
    CHECK(lstat("root/dir/link", &status) == 0 && S_ISLNK(status.st_mode) && status.st_mtime == 7, "link");
    CHECK(stat("root/dir", &status) == 0 && status.st_mtime == -1, "time of a directory");
    CHECK(access("root/gone", F_OK) < 0, "what is removed is gone");
}

/* The byte of a large file at this place. */
static char pattern(size_t at) {
    return (char)(at * 31 + at / 4099);
}

/* A file of `size` bytes in pieces of `piece`, without those of the piece `left_out`. */
static void put_large_file(const char *path, size_t size, size_t piece, size_t left_out) {
    bool is_program = strcmp(path, "program") == 0;
    put_record((struct unpack_record){.op = UNPACK_FILE, .mode = is_program ? 0755 : 0600, .size = size},
               path, "");
    for (size_t at = 0; at < size; at += piece) {
        size_t part = size - at < piece ? size - at : piece;
        if (at / piece == left_out)
            continue;
        put_record((struct unpack_record){.op = UNPACK_DATA, .size = at, .length = (uint32_t)part}, "", "");
        CHECK(length + part <= sizeof records, "room for data");
        for (size_t i = 0; i < part; i++)
            records[length++] = pattern(at + i);
    }
    put_record((struct unpack_record){.op = UNPACK_END}, "", "");
}

static void check_large_file(const char *path, size_t size, size_t piece, size_t left_out) {
    static char text[6 << 20];
    int fd = open(path, O_RDONLY);
    CHECK(fd >= 0 && read(fd, text, sizeof text) == (ssize_t)size && close(fd) == 0, "size of a large file");
    size_t wrong = 0;
    for (size_t at = 0; at < size; at++)
        wrong += text[at] != (at / piece == left_out ? 0 : pattern(at));
    CHECK(wrong == 0, path);
}

static void large_files_are_made_past_the_cache(void) {
    char answers[64];
    begin("root");
    put_large_file("odd", 5000123, 99991, SIZE_MAX);
    put_large_file("even", 4u << 20, 1u << 18, SIZE_MAX);
    put_large_file("program", 4u << 20, 1u << 18, SIZE_MAX);
    put_large_file("gap", 4500000, 300000, 7);
    CHECK(unpack(answers, sizeof answers) == 0, "all of it is done");
    check_large_file("root/odd", 5000123, 99991, SIZE_MAX);
    check_large_file("root/even", 4u << 20, 1u << 18, SIZE_MAX);
    check_large_file("root/program", 4u << 20, 1u << 18, SIZE_MAX);
    check_large_file("root/gap", 4500000, 300000, 7);
}

static void refused(const char *path) {
    char answers[1024];
    begin("root");
    put_file(path, "x");
    CHECK(unpack(answers, sizeof answers) == 125, path);
    CHECK(((struct unpack_answer *)(void *)answers)->kind == UNPACK_FAILED, path);
}

static void nothing_is_made_outside(void) {
    CHECK(mkdir("outside", 0755) == 0 && symlink("../outside", "root/way") == 0, "a way out");
    refused("way/file");
    refused("../outside/file");
    refused("dir/link/file");
    CHECK(access("outside/file", F_OK) < 0, "nothing is there");
}

/* Records with some of their bytes changed, and cut off anywhere. */
static void nonsense_ends_the_process(void) {
    char answers[4096];
    unsigned seed = 1;
    int quiet = open("/dev/null", O_WRONLY), before = dup(2);
    dup2(quiet, 2);
    for (int round = 0; round < 300; round++) {
        char name[32];
        snprintf(name, sizeof name, "n%d", round);
        begin("root");
        size_t harmless = length;
        put_record((struct unpack_record){.op = UNPACK_DIRECTORY, .mode = 0700, .attributes_length = 0}, name,
                   "");
        put_file(name, "data");
        put_record((struct unpack_record){.op = UNPACK_SYNC}, "", "");
        for (int change = 0; change < 3; change++)
            records[harmless + (size_t)rand_r(&seed) % (length - harmless)] = (char)rand_r(&seed);
        length -= (size_t)rand_r(&seed) % (length - harmless);
        int status = unpack(answers, sizeof answers);
        CHECK(status == 0 || status == 125, "no fault of memory");
    }
    dup2(before, 2);
}

int main(void) {
    char place[] = "/tmp/tspod-unpack-XXXXXX";
    CHECK(mkdtemp(place) && chdir(place) == 0, "temporary directory");
    files_are_made_as_told();
    large_files_are_made_past_the_cache();
    nothing_is_made_outside();
    nonsense_ends_the_process();
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", place);
    CHECK(chdir("/") == 0 && system(command) == 0, "removing what was made");
    return 0;
}
