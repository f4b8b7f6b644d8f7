/* The roles of the helper: what its first argument chooses. Each returns the exit status of the process. */
#ifndef TSPOD_ROLES_H
#define TSPOD_ROLES_H

/* argv[1] is the role; for those with a plan argv[2] is the number of the descriptor that holds it. */
typedef int role(int argc, char **argv);

role role_start;   /* start a container and its monitor; relay the foreground */
role role_monitor; /* the monitor of a container that is still being made */
role role_exec;    /* a further program in a running container */
role role_attach;  /* relay the foreground of a running container */
role role_enter;   /* a program in the common user namespace */
role role_tree;    /* remove, size, move trees there */
role role_unpack;  /* make the files of layers */
role role_copy;    /* copy files between this machine and containers */
role role_seccomp; /* compile a seccomp profile */
role role_init;    /* process 1 of a container with --init */
role role_netd;    /* the networks of a user */
role role_probe;   /* what this machine can do */

#endif
