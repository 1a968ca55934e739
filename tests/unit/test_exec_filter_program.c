/* The table of calls as a program: run here as the kernel would. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#include "exec/filter_program.h"

enum { OTHERWISE = 7, CALLS = 600 };

static struct filter_program program;

static uint32_t run(uint32_t architecture, uint32_t number)
{
	uint32_t value = 0;

	for (size_t at = 0; at < program.count; at++) {
		const struct sock_filter *step = &program.instructions[at];
		switch (step->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			value = step->k == offsetof(struct seccomp_data, arch) ? architecture : number;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += value == step->k ? step->jt : step->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += value >= step->k ? step->jt : step->jf;
			break;
		case BPF_JMP | BPF_JA:
			at += step->k;
			break;
		case BPF_RET | BPF_K:
			return step->k;
		default:
			cr_assert_fail("an instruction that the test does not know");
		}
	}
	cr_assert_fail("the program runs off its end");
	return 0;
}

static void finish(void)
{
	program.instructions[program.count++] = (struct sock_filter){ .code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW };
}

Test(filter_program, answers_each_call_as_the_table_says)
{
	struct call_answer answers[CALLS];
	uint32_t expected[CALLS];

	for (unsigned seed = 1; seed <= 200; seed++) {
		size_t count = 0;
		srandom(seed);
		for (uint32_t number = 0; number < CALLS; number++) {
			expected[number] = OTHERWISE;
			if (random() % 3 == 0)
				continue;
			expected[number] = (uint32_t)(5 + random() % 4); /* sometimes as if it were not listed */
			answers[count++] = (struct call_answer){ number, expected[number] };
		}
		for (size_t i = 0; i + 1 < count; i++) {
			size_t other = i + (size_t)random() % (count - i);
			struct call_answer kept = answers[i];
			answers[i] = answers[other];
			answers[other] = kept;
		}
		program = (struct filter_program){ 0 };
		filter_program_add(&program, AUDIT_ARCH_X86_64, answers, count, OTHERWISE);
		finish();
		cr_assert_eq(program.error, 0);
		for (uint32_t number = 0; number < CALLS; number++)
			cr_assert_eq(run(AUDIT_ARCH_X86_64, number), expected[number], "seed %u, call %u", seed,
				     number);
		cr_assert_eq(run(AUDIT_ARCH_X86_64, UINT32_MAX), OTHERWISE);
		cr_assert_eq(run(AUDIT_ARCH_I386, 1), SECCOMP_RET_ALLOW);
	}
}

Test(filter_program, each_interface_has_its_own_numbers)
{
	struct call_answer first = { 1, 2 }, second = { 1, 3 };

	filter_program_add(&program, AUDIT_ARCH_X86_64, &first, 1, OTHERWISE);
	filter_program_add(&program, AUDIT_ARCH_I386, &second, 1, OTHERWISE);
	finish();
	cr_expect_eq(run(AUDIT_ARCH_X86_64, 1), 2);
	cr_expect_eq(run(AUDIT_ARCH_I386, 1), 3);
	cr_expect_eq(run(AUDIT_ARCH_I386, 0), OTHERWISE);
	cr_expect_eq(run(AUDIT_ARCH_ARM, 1), SECCOMP_RET_ALLOW);
}

Test(filter_program, too_long_a_program_is_an_error)
{
	static struct call_answer answers[BPF_MAXINSNS];

	for (uint32_t i = 0; i < BPF_MAXINSNS; i++)
		answers[i] = (struct call_answer){ i * 2, i };
	filter_program_add(&program, AUDIT_ARCH_X86_64, answers, BPF_MAXINSNS, OTHERWISE);
	cr_expect_eq(filter_program_load(&program), -E2BIG);
}
