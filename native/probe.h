/* Tests of what this machine can do, by doing it. */
#ifndef TSPOD_PROBE_H
#define TSPOD_PROBE_H

/*
 * A probe runs in a process of its own, and ends it with probe_ok or probe_failed. `directory` is an absolute
 * path that is there, and that the probe may use: it is removed afterwards.
 */
typedef void probe(const char *directory);

probe probe_overlay;      /* the kernel's overlay file system, in a user namespace */
probe probe_overlay_data; /* the same with metadata-only layers above data-only ones */

/* probe_network.c: what networks need, in a network namespace of their own */
probe probe_bridge;         /* bridges, pairs of interfaces, a packet filter */
probe probe_client_address; /* published ports with the client's address */
probe probe_bandwidth;      /* limits in both directions */

/* Makes a user namespace with one id (root has none made) and a mount namespace of its own. */
void probe_enter_namespaces(void);

_Noreturn void probe_ok(void);

/* What failed, and errno. */
_Noreturn void probe_failed(const char *action);

#endif
