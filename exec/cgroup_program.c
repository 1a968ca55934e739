#include "exec/cgroup_program.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

void cgroup_program_add(struct cgroup_program *program, __u8 code, __u8 to, __u8 from, __s16 offset, __s32 value)
{
	if (program->count == CGROUP_PROGRAM_MAX) {
		program->error = -E2BIG;
		return;
	}
	program->instructions[program->count++] =
		(struct bpf_insn){ .code = code, .dst_reg = to, .src_reg = from, .off = offset, .imm = value };
}

void cgroup_program_return(struct cgroup_program *program, int result)
{
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, result);
	cgroup_program_add(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

int cgroup_program_attach(const struct cgroup_program *program, int cgroup_fd, enum bpf_prog_type type,
			  enum bpf_attach_type place)
{
	union bpf_attr load = {
		.prog_type = type,
		.insns = (uintptr_t)program->instructions,
		.insn_cnt = (__u32)program->count,
		.license = (uintptr_t) "GPL",
		.expected_attach_type = place,
	};

	if (program->error)
		return program->error;
	int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
	if (fd < 0)
		return -errno;
	union bpf_attr attach = { .target_fd = (__u32)cgroup_fd, .attach_bpf_fd = (__u32)fd, .attach_type = place };
	int r = syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach) < 0 ? -errno : 0;
	close(fd);
	return r;
}
