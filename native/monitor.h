/* The monitor: the one process that stays beside a running container. */
#ifndef TSPOD_MONITOR_H
#define TSPOD_MONITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "container.h"
#include "frame.h"
#include "health.h"
#include "monitor_netd.h"
#include "net_helper.h"
#include "plan.h"

#define CLIENTS_GREATEST 64

/* Whether a client waits for the result of a health check: of the next one, or of the one that runs. */
enum health_request { HEALTH_NOT_ASKED, HEALTH_ASKED, HEALTH_BEING_ANSWERED };

/* One attached client, or the relay that started the container. */
struct client {
    int fd;
    char *pending; /* what it has not taken yet: nothing more is read from the container meanwhile */
    size_t pending_size, pending_done;
    unsigned char header[FRAME_HEADER];
    size_t have; /* bytes of the frame that are there, its header among them */
    char *data;
    bool wrote; /* it has sent standard input */
    enum health_request health;
};

/* The key=value lines of STATUS_FILE. */
struct status {
    const char *phase;
    long long started, finished; /* nanoseconds since 1970 */
    int code;
    bool oom;
    unsigned restarts;
    const char *error;
    const char *health; /* a word, empty without health checks */
};

struct log {
    unsigned driver;
    int fd;         /* the file, or the journal's socket; -1 */
    uint64_t size;  /* of the file */
    bool open[2];   /* an unfinished line of standard output, standard error */
    char stamp[48]; /* the time of `stamp_second`, up to the seconds */
    char zone[8];
    long long stamp_second;
};

struct monitor {
    struct plan *plan; /* only FRAME_UPDATE changes it */
    struct container container;
    struct status status;
    struct log log;
    struct health health;
    struct client clients[CLIENTS_GREATEST];
    size_t client_count;
    int lock;          /* LOCK_FILE, held while the container is being started */
    bool awaits_relay; /* the first client is still on its way: the program does not run before it is there */
    int listener, signals;
    int lifeline; /* ends with who wanted the container; -1: it has none */
    int notify;   /* what the container tells a service manager comes here; -1: nothing does */
    struct net_helper net;
    long long net_again; /* when another one takes its place, monotonic ms; 0: it lives, or there is none */
    int net_pause;
    struct monitor_netd netd;
    bool ran;      /* at least once */
    bool held;     /* HOLD: set up, waits for FRAME_START */
    bool stopping; /* no restart */
    bool ended;    /* the first process has ended, and its status is in wait_status */
    int wait_status;
    unsigned long long oom_kills; /* of earlier runs */
    long long run_since, kill_at; /* monotonic ms; kill_at 0: never */
    char *input;                  /* standard input that the container has not taken yet */
    size_t input_size, input_done;
    bool input_ends; /* closed when `input` is taken */
};

struct monitor_origin {
    int relay;  /* told what becomes of the start, then the first client */
    int lock;   /* LOCK_FILE */
    bool early; /* it is in the common user namespace already, and the relay still has to say that it is there
                 */
};

/* Becomes the monitor of the plan's container; never returns. */
_Noreturn void monitor_run(struct plan *plan, struct monitor_origin origin);

/* monitor_status.c: replaces STATUS_FILE. With `sync` it is on the disk. */
void status_write(struct monitor *monitor, bool sync);

/* monitor_log.c: what comes from a stream (1 output, 2 error); log_flush ends unfinished lines. */
void log_open(struct log *log, const struct plan *plan);
void log_write(struct log *log, const struct plan *plan, int stream, const char *data, size_t length);
void log_flush(struct log *log, const struct plan *plan);

/* monitor_journal.c: one entry. */
void journal_send(int socket, const struct plan *plan, int stream, const char *line, size_t length,
                  bool partial);
int journal_open(void);

/* monitor_clients.c */
void clients_add(struct monitor *monitor, int fd);
void clients_remove(struct monitor *monitor, size_t index);
/* Takes one client that waits at the door. False when there is none. */
bool clients_accept(struct monitor *monitor);
/* Takes all that wait there, so that they hear of the end too, and closes it. */
void clients_accept_last(struct monitor *monitor);
void clients_broadcast(struct monitor *monitor, uint8_t type, const void *data, uint32_t length);
void clients_send(struct client *client, uint8_t type, const void *data, uint32_t length);
void clients_read(struct monitor *monitor, size_t index);
void clients_flush(struct monitor *monitor, size_t index);
bool clients_are_behind(const struct monitor *monitor);
/* Sends what is left and FRAME_EXIT, waiting a moment for those that are slow. */
void clients_finish(struct monitor *monitor, int code);

/* monitor_frames.c: carries out one frame of a client. */
void monitor_frame(struct monitor *monitor, struct client *client, uint8_t type, const char *data,
                   uint32_t length);
/* monitor_update.c: FRAME_UPDATE: the group and the plan have what `data` says, or nothing is changed. */
void monitor_update(struct monitor *monitor, struct client *client, const char *data, uint32_t length);
/* Writes standard input that waits; closes it at its end. */
void monitor_feed(struct monitor *monitor);

/* monitor_net.c: the network helper. net_start does not wait; net_wait does. */
void net_start(struct monitor *monitor);
void net_wait(struct monitor *monitor);

/* monitor_net_request.c: NET_REQUESTs to the helper's API. NULL, or what it refused (allocated). */
char *net_request_all(const struct monitor *monitor);
/* monitor_net_rate.c: NET_RATE on the helper's interface. 0 or an errno. */
int net_limit(const struct monitor *monitor);

/* monitor_net_again.c: the helper has ended; the time for another one has come; that one is up. */
void net_lost(struct monitor *monitor);
void net_tick(struct monitor *monitor);
void net_up_again(struct monitor *monitor);

/* Ends it; its ports are free then. */
void net_stop(struct monitor *monitor);

/* monitor_oci.c: op OCI_RUNTIME. oci_start returns NULL, or what went wrong (allocated) with *status. */
void oci_create(struct monitor *monitor);
char *oci_start(struct monitor *monitor, int *status);
void oci_delete(struct monitor *monitor);

/* monitor_loop.c: until the container has ended, and its output is read. */
void monitor_serve(struct monitor *monitor);
/* Sends the container its stop signal, and SIGKILL when it takes too long. */
void monitor_stop(struct monitor *monitor);
/* Waits before a restart; false when the container was stopped meanwhile. */
bool monitor_pause(struct monitor *monitor, int milliseconds);
long long monotonic_ms(void);

/* monitor_health.c. health_begin: the container runs from now on, health_end: it does not any more. */
void health_begin(struct monitor *monitor);
void health_end(struct monitor *monitor);
/* The plan's rules are others now. */
void health_changed(struct monitor *monitor);
/* How long to wait for events, at most until the next probe; starting that; and taking its result. */
int health_timeout(const struct monitor *monitor, int otherwise);
void health_tick(struct monitor *monitor);
bool health_reaped(struct monitor *monitor, pid_t pid, int wait_status);
/* FRAME_HEALTH. */
void health_ask(struct monitor *monitor, struct client *client);
/* Whether health checks may restart the container whatever its restart policy is. */
bool health_may_restart(const struct plan *plan);

/* monitor_start.c: one run of the container, up to its program's first instruction (or HOLD). */
void monitor_start(struct monitor *monitor);
void monitor_release(struct monitor *monitor);

/* monitor_cleanup.c: the first letter of what STOP_FILE holds: s stop, p to be started or removed next (then
 * the clean-up is no event, as with Podman), or NUL. */
char monitor_stop_reason(const struct plan *plan);

/* Ends everything, writes the exit record, removes the container if that was asked for. */
_Noreturn void monitor_finish(struct monitor *monitor, int code, const char *error);

#endif
