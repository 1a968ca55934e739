/* A process as one value: its pid and a pidfd, so that a signal never reaches somebody who reused the pid. */
#ifndef SVINIT_OS_PROCESS_H
#define SVINIT_OS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid; /* 0: none */
	int pidfd; /* -1: none; then the pid is an unreaped child's and safe for that reason */
};

#define PROCESS_NONE ((struct process){ .pid = 0, .pidfd = -1 })

/* Takes hold of a running process by pid; -ESRCH when it is gone. */
int process_open(pid_t pid, struct process *process);
/* pidfd_send_signal(2); falls back to kill(2) without a pidfd. 0 or -errno. */
int process_signal(const struct process *process, int signal);
void process_close(struct process *process);
/* The start time in clock ticks since boot (field 22 of proc(5)'s stat), for telling a reused pid; 0 or -errno. */
int process_start_time(pid_t pid, uint64_t *ticks);
/*
 * What tells the process from any other that ever has its pid: the inode of its pidfd, which is unique until the
 * machine goes down (Linux 6.9), otherwise its start time. 0 or -errno.
 */
int process_identity(const struct process *process, uint64_t *identity);
bool process_is_child(pid_t pid);
/* Whether it executes this very file, and not one that has been replaced since. */
bool process_runs(pid_t pid, const char *path);

/*
 * How a process that is no child of ours ended: pidfd_open(2)'s PIDFD_GET_INFO, Linux 6.15, once its parent has reaped
 * it. false: not to be had.
 */
bool process_exit_info(const struct process *process, int *code, int *status);

#endif
