/*
 * The last steps before a program is executed: limits, groups and user, directory. Called by the child of spawn() and
 * by svexec; system calls only, for the first of these shares svinit's memory. All return 0 or -errno.
 */
#ifndef SVINIT_OS_CHILD_PRIVILEGES_H
#define SVINIT_OS_CHILD_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "supervisor/os/spawn.h"

/* A hard limit that may not be raised is set as near as may be, as systemd does. */
int child_set_limits(const struct spawn_limit *limits, size_t count);
/* The supplementary groups, and the real, effective and saved one. */
int child_set_groups(gid_t gid, const gid_t *groups, size_t count);
int child_set_user(uid_t uid);
/* NULL: none. */
int child_change_directory(const char *directory, bool missing_ok);
int child_deny_new_privileges(void);
/* LISTEN_PID= and the like: the digits behind '=' become our own. NULL: none. */
void child_put_own_pid(char **variables);
/* Decimal digits of a number, NUL-terminated; returns their end. */
char *child_put_number(char *to, long number);

#endif
