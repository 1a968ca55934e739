/* What proc(5) says of processes: bounded reads, parsed without trusting a name that a process gave itself. */
#ifndef SVINIT_OS_PROC_H
#define SVINIT_OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROC_COMM_MAX = 64, PROC_TABLE_MAX = 1 << 22 };

struct proc_stat {
	pid_t pid, parent, group, session;
	char state;          /* 'R', 'S', 'Z', … */
	bool kernel_thread;  /* PF_KTHREAD */
	uint64_t start_time; /* clock ticks since boot */
	char comm[PROC_COMM_MAX];
};

/* In all of these pid 0 is ourselves. */

/* 0, -ESRCH when there is no such process, or -errno. */
int proc_read_stat(pid_t pid, struct proc_stat *stat);
/*
 * The command line, arguments separated by a blank and control characters as '?', cut at `size`; "[comm]" for a kernel
 * thread or a zombie. Returns the length or -errno.
 */
int proc_read_command_line(pid_t pid, char *text, size_t size);
/* The value of a variable in the environment that the process was executed with. 1; 0: it has none; or -errno. */
int proc_get_environment(pid_t pid, const char *name, char *value, size_t size);
/* The path of its cgroup in the v2 hierarchy ("/a/b"). 0 or -errno. */
int proc_read_cgroup(pid_t pid, char *path, size_t size);
/* The children, up to `max`; returns how many there are, or -errno (-ENOENT: the kernel does not tell). */
int proc_read_children(pid_t pid, pid_t *children, size_t max);

/* All processes at one moment, sorted by pid. */
struct proc_table {
	struct proc_stat *items;
	size_t count, capacity;
};

/* Reads the table afresh; memory is kept for the next time. 0 or -errno. */
int proc_table_read(struct proc_table *table);
/* NULL when it is not in the table. */
struct proc_stat *proc_table_find(const struct proc_table *table, pid_t pid);
void proc_table_finish(struct proc_table *table);

#endif
