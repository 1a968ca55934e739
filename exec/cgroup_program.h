/* Programs on the unit's cgroup, written in the instructions of bpf(2). */
#ifndef SVEXEC_CGROUP_PROGRAM_H
#define SVEXEC_CGROUP_PROGRAM_H

#include <linux/bpf.h>
#include <stddef.h>

enum { CGROUP_PROGRAM_MAX = 4096 };

struct cgroup_program {
	struct bpf_insn instructions[CGROUP_PROGRAM_MAX];
	size_t count;
	int error; /* -E2BIG: too long */
};

/* Appends one instruction; memory offset and jump width are `offset`. */
void cgroup_program_add(struct cgroup_program *program, __u8 code, __u8 to, __u8 from, __s16 offset, __s32 value);
/* Ends here with a result. */
void cgroup_program_return(struct cgroup_program *program, int result);

/* Gives it to the kernel, in place of what stood there. 0 or -errno. */
int cgroup_program_attach(const struct cgroup_program *program, int cgroup_fd, enum bpf_prog_type type,
			  enum bpf_attach_type place);

#endif
