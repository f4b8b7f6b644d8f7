/*
 * The plan: what TypeScript decided, in the order in which the helper carries it out.
 *
 * A plan is the 8-byte magic, then records. All integers are little-endian.
 *
 *   record   u16 code, u16 number of arguments, u32 payload length, payload
 *   payload  per argument: u32 length, that many bytes, one NUL byte that is not counted
 *
 * The signature says what the arguments are: s a string without NUL, b bytes, u an unsigned 64-bit integer
 * (8 bytes), L any number of further strings, U any number of further integers (both only as the last
 * letter). src/runtime/protocol.ts mirrors this table; test/unit/runtime/protocol.test.ts compares the two.
 */
#ifndef TSPOD_PROTOCOL_H
#define TSPOD_PROTOCOL_H

#define PLAN_MAGIC "TSPLAN\0\1"

/* clang-format off */
#define PLAN_OPS(OP)                                                                                       \
    /* Who this is, and where its files are. */                                                            \
    OP(CONTAINER, 1, "ss")         /* id, name */                                                          \
    OP(LOCK_FILE, 2, "s")          /* flock(2)ed while the container is being started */                   \
    OP(STATUS_FILE, 3, "s")        /* key=value lines, replaced atomically; the monitor is its only writer */ \
    OP(RUN_DIR, 4, "s")            /* made by the monitor, 0700: attach.sock, and the network helper's socket */ \
    OP(PID_FILE, 5, "s")           /* the container's pid, for --pidfile */                                \
    OP(MONITOR_PID_FILE, 6, "s")   /* the monitor's pid, for --conmon-pidfile */                           \
    OP(SYNC, 7, "s")               /* fsync(2)ed by the monitor once the container runs */                 \
    OP(STOP_FILE, 8, "s")          /* exists when a user stopped the container: no restart */              \
    OP(EVENTS, 9, "ususL")         /* EVENTS_* place, path of the file or the journal's socket, size at which the file is rotated \
                                      (0 never), an event with EVENT_* characters in it, events that came before */ \
    OP(EVENT_VOLUME, 10, "s")      /* with AUTO_REMOVE: the event of a volume that goes too */             \
    /* User namespaces. Without USERNS_DIR there is none (root). */                                        \
    OP(USERNS_DIR, 20, "s")        /* userns.lock and userns.members: the common user namespace */         \
    OP(COMMON_UID_MAP, 21, "uuu")  /* inside, outside, size; repeated */                                   \
    OP(COMMON_GID_MAP, 22, "uuu")                                                                          \
    OP(ID_MAP_TOOLS, 23, "ss")     /* paths of newuidmap and newgidmap; absent: a map of only one's own id */ \
    OP(CHILD_UID_MAP, 24, "uuu")   /* a child user namespace, relative to the common one; repeated */      \
    OP(CHILD_GID_MAP, 25, "uuu")                                                                           \
    OP(NS_NEW, 26, "u")            /* CLONE_NEW* bits of the namespaces to make, user not among them */    \
    OP(NS_JOIN, 27, "us")          /* CLONE_NEW* bit, path: joined instead of made */                      \
    /* The root file system: mounted by the monitor in a mount namespace of its own, in the common user namespace. */ \
    OP(ROOTFS_OVERLAY, 40, "sssuL") /* target, upper, work, OVERLAY_* flags, lower directories from top to bottom */ \
    OP(ROOTFS_DATA, 41, "L")       /* data-only lower directories, below those of ROOTFS_OVERLAY */        \
    OP(ROOTFS_BIND, 42, "ss")      /* source, target */                                                    \
    OP(ROOTFS_FUSE, 43, "sL")      /* target, argv of fuse-overlayfs */                                    \
    OP(COPY_UP, 44, "sss")         /* root, path in it, volume directory: content, owner and mode copied while that is empty */ \
    OP(CHOWN_TREE, 45, "suu")      /* path, uid, gid in the common user namespace: only what differs */    \
    OP(SHARED_MOUNT, 46, "ssssuuuL") /* target, type, directory of its lock and socket, directory in it that is shown (empty: \
                                      the whole), its mode, uid and gid when it is made; then MS_* flags, source and data of \
                                      mount(2), or with the type fuse e2fsck, the image and argv: mounted once for all \
                                      that have it, and unmounted by the last one */                      \
    OP(ROOTFS_DIRECTORIES, 47, "uL") /* mode; made by the monitor where they are missing */               \
    /* Control groups (version 2). */                                                                      \
    OP(CGROUP_DIR, 50, "su")       /* directory, CGROUP_* flags; made, and removed at the end */           \
    OP(CGROUP_SET, 51, "sss")      /* file in that directory, value, what to say when that fails */        \
    OP(CGROUP_SCOPE, 52, "sssL")   /* bus address, unit, slice, then name and value of properties in turns; \
                                      _uid, _mount, _optional and _stays (the monitor) are the helper's.   \
                                      The settings are for the group "container" below the unit */         \
    OP(CGROUP_JOIN, 53, "sL")      /* directory to be moved into (exec); where systemd has to do that: bus \
                                      address, uid, unit, path of the group below it */                    \
    OP(HELPER_SCOPE, 54, "sssL")   /* bus address, beginning of the unit's name, slice, properties as CGROUP_SCOPE: for \
                                      processes that outlive this container (netd, holders of SHARED_MOUNT) */ \
    /* Network helper. {netns} {pid} {ready} {ready_path} {exit} {api} in its argv stand for paths and descriptors. */\
    OP(NET_HELPER, 60, "uL")       /* NET_* flags, argv */                                                 \
    OP(NET_REQUEST, 61, "bs")      /* bytes for the API socket, what to say when the answer has "error" */ \
    OP(NET_RATE, 62, "uu")         /* bits per second out of the container, and into it; 0 no limit */      \
    OP(NETD, 63, "sb")             /* directory of netd.sock; what netd is to do: a plan of CONTAINER, NET_HELPER, NET_RATE \
                                      and the ops NETD_* */                                                \
    /* Standard streams and the log. */                                                                    \
    OP(STDIO, 70, "u")             /* STDIO_* flags */                                                     \
    OP(FOREGROUND, 71, "u")        /* FOREGROUND_* flags; absent: detached, the id is printed */           \
    OP(DETACH_KEYS, 72, "b")       /* the bytes that end an attached session; empty: none */               \
    OP(LOG, 73, "usuus")           /* LOG_* driver, path, size in bytes at which it is rotated (0 never), files kept, tag */ \
    OP(TTY_SIZE, 74, "uu")         /* rows, columns at first */                                            \
    OP(ATTACH_SOCKET, 75, "s")     /* of a running container (attach) */                                   \
    OP(EXIT_MESSAGE, 76, "s")      /* printed on standard output instead of the id when it started */     \
    /* The monitor's own decisions. */                                                                     \
    OP(RESTART, 80, "uu")          /* RESTART_* policy, greatest number of restarts (0 no limit) */        \
    OP(STOP, 81, "uu")             /* signal, milliseconds until SIGKILL */                                \
    OP(TIMEOUT, 82, "u")           /* milliseconds after which the container is killed */                  \
    OP(AUTO_REMOVE, 83, "ss")      /* container directory, where it is moved before it is removed */       \
    OP(REMOVE_ON_EXIT, 84, "s")    /* with AUTO_REMOVE: a volume to remove, unless it holds a file "shared" */ \
    OP(UNLINK_ON_EXIT, 85, "s")    /* with AUTO_REMOVE: a file to unlink */                                \
    OP(HOLD, 86, "")               /* set up, but wait for START on the attach socket before the program runs */ \
    OP(LIFELINE, 88, "u")          /* descriptor: when its other end is closed the container is killed */      \
    OP(FREE_NAME, 89, "s")         /* with AUTO_REMOVE: the link to the id that is the container's name */  \
    OP(OCI_RUNTIME, 87, "sssL")    /* binary, its --root, bundle, further global arguments: used instead of the ops below */ \
    OP(HEALTH, 90, "suuuuuu")      /* log file, HEALTH_* action, entries and bytes of output kept (0 all), failures in a \
                                      row that make it unhealthy, milliseconds of the start period, 1: results are \
                                      in events too */                                                     \
    OP(HEALTH_TEST, 91, "uuuL")    /* milliseconds between probes (0 none by themselves), between those of the start \
                                      period, until a probe is killed; its argv */                         \
    OP(HEALTH_STARTUP, 92, "uuuuL") /* before the first HEALTH_TEST: milliseconds between probes, until one is killed, \
                                      failures that restart the container (0 none do), successes needed; argv */ \
    OP(HOOK_STATE, 96, "ss")       /* state of the container as JSON, with {pid} and {status} in it; directory of the \
                                      bundle: what hooks are given */                                      \
    OP(HOOK, 97, "uuusL")          /* HOOK_* stage, seconds until it is killed (0 never), number of arguments, path, \
                                      then the arguments (argv[0] among them) and the environment */       \
    OP(NOTIFY, 98, "us")           /* NOTIFY_* mode, the caller's NOTIFY_SOCKET */                         \
    /* What the container's first process does, in this order. Targets are resolved inside the root. */    \
    OP(MOUNT, 100, "sssusu")       /* source, target, type, MS_* flags, data, MOUNT_* options; the data of \
                                      a bind may be subpath=PATH, below the source */                      \
    OP(SYMLINK, 101, "ss")         /* content, path */                                                     \
    OP(MASK, 102, "s")             /* hidden: /dev/null over files, an empty read-only tmpfs over directories */ \
    OP(READONLY_PATH, 103, "s")                                                                            \
    OP(PIVOT_ROOT, 104, "su")      /* new root, MS_* propagation of it */                                  \
    OP(READONLY_ROOT, 105, "")                                                                             \
    OP(HOSTNAME, 106, "s")                                                                                 \
    OP(DOMAINNAME, 107, "s")                                                                               \
    OP(SYSCTL, 108, "ss")          /* path below /proc/sys, value */                                       \
    OP(LOOPBACK_UP, 109, "")                                                                               \
    OP(MKDIR, 110, "suuu")         /* path, mode, uid, gid: with its parents, where it is missing */       \
    /* What the program is given. */                                                                       \
    OP(RLIMIT, 120, "uuu")         /* RLIMIT_*, soft, hard */                                              \
    OP(OOM_SCORE_ADJ, 121, "s")                                                                            \
    OP(UMASK, 122, "u")                                                                                    \
    OP(USER, 123, "uu")            /* uid, gid in the container */                                         \
    OP(GROUPS, 124, "U")           /* supplementary groups; absent: none */                                \
    OP(KEEP_GROUPS, 125, "")       /* the caller's supplementary groups stay */                            \
    OP(CAPS, 126, "uuuuu")         /* bounding, effective, permitted, inheritable, ambient: bit masks */   \
    OP(NO_NEW_PRIVS, 127, "")                                                                              \
    OP(SECCOMP, 128, "bu")         /* struct sock_filter[], SECCOMP_FILTER_FLAG_* */                       \
    OP(LSM_LABEL, 129, "ss")       /* apparmor or selinux, label for the next execve(2) */                 \
    OP(CWD, 130, "s")                                                                                      \
    OP(ENV, 131, "L")                                                                                      \
    OP(ARGV, 132, "L")             /* argv[0] is looked up in PATH of ENV */                               \
    OP(PRESERVE_FDS, 133, "u")     /* this many descriptors from 3 on stay open */                         \
    OP(NO_NEW_KEYRING, 134, "")    /* do not make a new session keyring */                                 \
    OP(PERSONALITY, 135, "u")      /* PER_* of personality(2) */                                           \
    OP(PRESERVE_FD_LIST, 136, "U") /* further descriptors that stay open */                                \
    /* exec: the container that is entered. */                                                             \
    OP(EXEC_TARGET, 150, "uuu")    /* pid, its start time (field 22 of /proc/PID/stat), CLONE_NEW* bits to join */ \
    OP(EXEC_PID_FILE, 151, "s")                                                                            \
    /* tree: work on files with the ids of the common user namespace; run in this order. */                \
    OP(TREE_REMOVE, 160, "s")      /* a missing path is no error */                                        \
    OP(TREE_SIZE, 161, "s")        /* prints bytes allocated, apparent bytes and entries, one line */      \
    OP(TREE_META, 162, "ssL")      /* new directory, place for a mount, layers from top to bottom, maps "u|g inside outside size": a metadata-only copy */ \
    OP(TREE_RENAME, 163, "ss")     /* rename(2); a missing source is no error */                           \
    OP(TREE_LOCK, 164, "s")        /* flock(2)ed to the end of the plan */                                 \
    OP(TREE_DIRECTORY, 165, "suL") /* directory, TREE_* flags, maps "u|g from to size": what the ops below have to know of it */ \
    OP(TREE_CHANGES, 166, "L")     /* prints what the first directory changes in those below it: A, C or D, path, NUL */ \
    OP(TREE_COMPARE, 167, "uL")    /* the same between two stacks of directories; how many are of the first one */ \
    OP(TREE_LAYER, 168, "ss")      /* upper directory, new directory: a copy as a layer of the store */    \
    OP(TREE_TAR, 169, "suL")       /* archive (- is standard output), TREE_* flags, directories from top to bottom; \
                                      with an archive prints the sum of the sizes of its files, one line */ \
    OP(TREE_UNMOUNT, 170, "s")     /* what is not mounted is no error */                                       \
    OP(TREE_SETTLE, 171, "suu")    /* upper directory of an overlay, TREE_TIMES_*, seconds since 1970: becomes a layer's */ \
    OP(TREE_ONLY_OWN, 172, "s")    /* before all others: the end, with the status TREE_OTHERS, where the tree is not the user's alone */ \
    OP(TREE_ASK, 173, "u")         /* descriptor of a socket: a byte goes out, and when one comes back the ops below are carried out too */ \
    /* copy: files between this machine and containers; without COPY_FROM records come from standard input, without \
       COPY_TO an archive goes to standard output. */                                                      \
    OP(COPY_FROM, 180, "ussuussL") /* COPY_* flags, container (empty: this machine), its root when it does not run, \
                                      else pid and start time; path, path as typed; maps "u|g from to size" \
                                      of file owners */                                                    \
    OP(COPY_TO, 181, "ussuussL")                                                                           \
    OP(COPY_RULES, 182, "uuu")     /* COPY_* flags, uid and gid of the copies */                           \
    /* netd: the place of one container in networks. Those between two NETD_NETWORKs belong to the first one. */ \
    OP(NETD_NETWORK, 190, "ssuuL") /* name, bridge, NETWORK_* flags, MTU (0 the usual), resolvers instead of NETD_RESOLVERS */ \
    OP(NETD_SUBNET, 191, "ss")     /* subnet a.b.c.d/n, gateway (empty: none) */                           \
    OP(NETD_ROUTE, 192, "ssu")     /* destination, gateway, metric (0 none): of the containers */          \
    OP(NETD_FOOT, 193, "ssL")      /* the container's interface, its MAC, aliases */                       \
    OP(NETD_ADDRESS, 194, "s")     /* an address of that interface, with its prefix length */              \
    OP(NETD_PORTS, 195, "sub")     /* host address (empty: all), IPPROTO_*, of each range u16 host port, u16 container port, \
                                      u16 number of ports */                                               \
    OP(NETD_RESOLVERS, 196, "L")   /* asked for names that are no container's, from the host's network */  \
    OP(NETD_HOST, 197, "sL")       /* an address of this host, the names that stand for it */

#define PLAN_EVENTS_FILE 0u
#define PLAN_EVENTS_JOURNAL 1u

/* What stands for these in an event; the last two with all that belongs to them, or nothing. */
#define PLAN_EVENT_STATUS 1u
#define PLAN_EVENT_TIME 2u
#define PLAN_EVENT_CODE 3u
#define PLAN_EVENT_HEALTH 4u

#define PLAN_OVERLAY_VOLATILE 1u  /* no sync on unmount: for containers that are removed at the end */
#define PLAN_OVERLAY_READONLY 2u  /* no upper directory */
#define PLAN_OVERLAY_USERXATTR 4u

#define PLAN_CGROUP_OPTIONAL 1u /* go on without where it cannot be made */

#define PLAN_NET_READY_FD 1u /* writes to {ready} (slirp4netns) or {ready_path} (pasta) when it is up */
#define PLAN_NET_PORTS 2u    /* publishes ports: whoever is told of the end may use them again */
#define PLAN_NET_API 4u      /* serves NET_REQUESTs on {api} */

#define PLAN_NETWORK_INTERNAL 1u /* no way out, nor to other networks */
#define PLAN_NETWORK_DNS 2u      /* names are answered at the gateways */
#define PLAN_NETWORK_ISOLATE 4u  /* kept apart from other networks with this flag */
#define PLAN_NETWORK_STRICT 8u   /* kept apart from all other networks */
#define PLAN_NETWORK_NO_DEFAULT 16u /* its gateways are no default routes */

#define PLAN_STDIO_TTY 1u
#define PLAN_STDIO_STDIN 2u        /* standard input stays open; else it is /dev/null */
#define PLAN_STDIO_PASSTHROUGH 4u  /* the container gets the caller's own descriptors */
#define PLAN_STDIO_STDIN_ONCE 8u   /* closed with the first client's end of input */

#define PLAN_FOREGROUND_STDIN 1u
#define PLAN_FOREGROUND_STDOUT 2u
#define PLAN_FOREGROUND_STDERR 4u
#define PLAN_FOREGROUND_SIG_PROXY 8u
#define PLAN_FOREGROUND_PRINT_ID 16u /* also print the id (start --attach does not) */

#define PLAN_LOG_NONE 0u
#define PLAN_LOG_K8S_FILE 1u
#define PLAN_LOG_JOURNALD 2u

#define PLAN_RESTART_NO 0u
#define PLAN_RESTART_ON_FAILURE 1u
#define PLAN_RESTART_ALWAYS 2u
#define PLAN_RESTART_UNLESS_STOPPED 3u

#define PLAN_HEALTH_NONE 0u
#define PLAN_HEALTH_KILL 1u
#define PLAN_HEALTH_RESTART 2u
#define PLAN_HEALTH_STOP 3u

#define PLAN_HOOK_CREATE_RUNTIME 0u   /* by the monitor, before the first mount (prestart hooks too) */
#define PLAN_HOOK_CREATE_CONTAINER 1u /* by the first process, before PIVOT_ROOT */
#define PLAN_HOOK_START_CONTAINER 2u  /* by the first process, before the program */
#define PLAN_HOOK_POSTSTART 3u        /* by the monitor; a failure is no error */
#define PLAN_HOOK_POSTSTOP 4u

#define PLAN_NOTIFY_CONTAINER 1u /* what the container sends to RUN_DIR/notify/notify.sock is passed on */
#define PLAN_NOTIFY_MONITOR 2u   /* ready when the program runs */
#define PLAN_NOTIFY_HEALTHY 3u   /* ready when the first health check has succeeded */

#define PLAN_MOUNT_RECURSIVE_READONLY 1u
#define PLAN_MOUNT_COPY_UP 2u     /* tmpfs: filled with what it covers */
#define PLAN_MOUNT_OPTIONAL 4u    /* a failure is no error */
#define PLAN_MOUNT_OVERLAY_UPPER 8u /* data holds lowerdir=,upperdir=,workdir= below the container's directory */
#define PLAN_MOUNT_BORROWED 32u   /* source is /proc/PID/root/...: the mount of another container there */
#define PLAN_MOUNT_IDMAP 64u      /* of a bind: its files with the ids of the container's user namespace */
#define PLAN_MOUNT_SYSFS 16u      /* where it is refused, bind the host's /sys read-only instead */
#define PLAN_TREE_WHITEOUTS 1u     /* the archive is a layer: with .wh. files */
#define PLAN_TREE_IMAGE 4u         /* the archive is to become a layer: files named .wh. are left out and told of */
#define PLAN_TREE_DOT_WHITEOUTS 2u /* the directory has .wh. files of fuse-overlayfs */
#define PLAN_TREE_TIMES_KEEP 0u    /* whole seconds, as in an archive */
#define PLAN_TREE_TIMES_CLAMP 1u   /* none is later than this */
#define PLAN_TREE_TIMES_SET 2u
#define PLAN_TREE_OTHERS 3u        /* an exit status */
#define PLAN_COPY_SLASH 1u     /* typed with a slash at its end: a directory */
#define PLAN_COPY_DOT 2u       /* typed with "/." at its end: what is in the directory */
#define PLAN_COPY_OVERWRITE 4u /* files may replace directories, and directories files */
#define PLAN_COPY_CHOWN 8u     /* the copies get the uid and gid that are named */
/* clang-format on */

/* Frames between the monitor and its clients: u8 type, u32 length, data. */
enum frame_type {
    FRAME_STDIN = 0,          /* client: data; no data: end of input */
    FRAME_RESIZE = 1,         /* client: u16 rows, u16 columns */
    FRAME_SIGNAL = 2,         /* client: u32 signal number */
    FRAME_START = 3,          /* client: release a container that is held */
    FRAME_HEALTH = 4,         /* client: run a health check now; answered by HEALTH_RESULT */
    FRAME_UPDATE = 6,         /* client: a plan whose ops replace those of the same codes; UPDATED or ERROR */
    FRAME_STDOUT = 10,        /* monitor: data */
    FRAME_STDERR = 11,        /* monitor: data */
    FRAME_EXIT = 12,          /* monitor: i32 exit status, then removed and cleaned up */
    FRAME_STARTED = 13,       /* monitor: u32 pid */
    FRAME_ERROR = 14,         /* monitor: u32 exit status of tspod (125, 126, 127), text */
    FRAME_HEALTH_RESULT = 15, /* monitor: u32 enum health_outcome */
    FRAME_UPDATED = 16,       /* monitor: an UPDATE has been carried out */
};

/* What became of one health check. */
enum health_outcome {
    HEALTH_PASSED = 0,
    HEALTH_FAILED = 1,
    HEALTH_TIMED_OUT = 2,
    HEALTH_STOPPED = 3,  /* the container ended meanwhile */
    HEALTH_ERROR = 4,    /* nobody knows: the probe could not be made */
    HEALTH_NONE = 5,     /* the container has no health check */
    HEALTH_STARTING = 6, /* a failure of a startup check */
};

#endif
