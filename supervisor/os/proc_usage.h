/* What a process has used so far, as proc(5) tells. */
#ifndef SVINIT_OS_PROC_USAGE_H
#define SVINIT_OS_PROC_USAGE_H

#include <stdint.h>
#include <sys/types.h>

struct proc_usage {
	uint64_t cpu;                     /* ns, with the children it has waited for */
	uint64_t memory;                  /* bytes that are resident; what is shared counts for each */
	uint64_t read_bytes, write_bytes; /* to and from disks; 0 where we may not look */
};

/* Adds the process's to `sum`. 0; -ESRCH when it is gone; or -errno. */
int proc_add_usage(pid_t pid, struct proc_usage *sum);

#endif
