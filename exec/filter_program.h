/*
 * A filter that looks at nothing but the number of a call, as a table: SystemCallFilter= names hundreds of calls, for
 * which libseccomp takes tens of milliseconds. seccomp(2), in the instructions of BPF.
 */
#ifndef SVEXEC_FILTER_PROGRAM_H
#define SVEXEC_FILTER_PROGRAM_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

struct filter_program {
	struct sock_filter instructions[BPF_MAXINSNS];
	size_t count;
	int error;
};

/* What a call is answered with, at most one for each number. */
struct call_answer {
	uint32_t number, action;
};

/*
 * Calls by the interface `audit_architecture` are answered as `answers` say, which is sorted here; those that are not
 * among them `otherwise`.
 */
void filter_program_add(struct filter_program *program, uint32_t audit_architecture, struct call_answer *answers,
			size_t count, uint32_t otherwise);
/* Ends it: calls by other interfaces are allowed. Gives it to the kernel. 0 or -errno. */
int filter_program_load(struct filter_program *program);

#endif
