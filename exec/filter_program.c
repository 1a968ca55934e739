#include "exec/filter_program.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>

static void add(struct filter_program *program, uint16_t code, uint32_t value, uint8_t when_true, uint8_t when_false)
{
	if (program->count == BPF_MAXINSNS) {
		program->error = -E2BIG;
		return;
	}
	program->instructions[program->count++] =
		(struct sock_filter){ .code = code, .jt = when_true, .jf = when_false, .k = value };
}

static void load_word(struct filter_program *program, size_t offset)
{
	add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static int by_number(const void *a, const void *b)
{
	const struct call_answer *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* From here upwards, unless what was asked before has answered. */
static void answer_from(struct filter_program *program, uint32_t number, uint32_t action)
{
	add(program, BPF_JMP | BPF_JGE | BPF_K, number, 0, 1);
	add(program, BPF_RET | BPF_K, action, 0, 0);
}

/* Where the answer changes, from the highest number down: neighbours with the same answer are one question. */
static void add_answers(struct filter_program *program, const struct call_answer *answers, size_t count,
			uint32_t otherwise)
{
	uint32_t above = otherwise, next = UINT32_MAX; /* what is answered from `next` on */

	for (size_t i = count; i-- > 0;) {
		if (answers[i].number + 1 != next && above != otherwise) {
			answer_from(program, next, above);
			above = otherwise;
		}
		if (answers[i].action != above) {
			answer_from(program, answers[i].number + 1, above);
			above = answers[i].action;
		}
		next = answers[i].number;
	}
	if (above != otherwise)
		answer_from(program, next, above);
	add(program, BPF_RET | BPF_K, otherwise, 0, 0);
}

void filter_program_add(struct filter_program *program, uint32_t audit_architecture, struct call_answer *answers,
			size_t count, uint32_t otherwise)
{
	load_word(program, offsetof(struct seccomp_data, arch));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, audit_architecture, 1, 0);
	size_t jump = program->count;
	add(program, BPF_JMP | BPF_JA, 0, 0, 0);
	load_word(program, offsetof(struct seccomp_data, nr));
	if (count)
		qsort(answers, count, sizeof *answers, by_number);
	add_answers(program, answers, count, otherwise);
	if (!program->error)
		program->instructions[jump].k = (uint32_t)(program->count - jump - 1);
}

int filter_program_load(struct filter_program *program)
{
	add(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	struct sock_fprog given = { .len = (unsigned short)program->count, .filter = program->instructions };

	if (program->error)
		return program->error;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &given, 0, 0) < 0 ? -errno : 0;
}
