/*
 * A step of a machine's way up or down, one a file: what svmachine(8) does when its name is given. main.c lists them.
 *
 * A step returns the exit status: what it could not do it has told on standard error, line by line, and gone on with
 * the rest, so that a machine comes up as far as it can.
 */
#ifndef SVMACHINE_STEP_H
#define SVMACHINE_STEP_H

#include <stdbool.h>

struct step {
	const char *name;
	const char *argument; /* as in the help; NULL: none */
	const char *summary;
	int (*run)(const char *argument); /* NULL where none was given */
};

extern const struct step step_hostname, step_loopback, step_machine_id, step_modules, step_mount_root, step_mounts,
	step_random_seed, step_root, step_shell, step_swap, step_sysctl, step_tmpfiles, step_unmount,
	step_user_sessions, step_utmp;

/* "svmachine: …" to standard error. Returns EXIT_FAILURE. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
