/* SystemCallFilter= and SystemCallLog=: a table of calls, made of words in their order. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/errno_name.h"
#include "common/system_call_group.h"
#include "exec/filter.h"
#include "exec/filter_program.h"

/* Numbers of calls as libseccomp has them: those this machine has not are negative. */
enum { CALLS_MAX = 1024, PSEUDO_MAX = 10400, PSEUDO_FIRST = -1 };

enum { NOT_LISTED = -2, NO_ERROR = -1, KILLS = 0 };

enum { SLOTS = CALLS_MAX + PSEUDO_MAX };

struct call_table {
	char *names[SLOTS];
	short answers[SLOTS]; /* NOT_LISTED, NO_ERROR, KILLS or an errno */
	bool allow;
	uint32_t listed, unlisted; /* the actions of a filter */
};

static struct call_table table;

static int slot_of(int number)
{
	if (number >= 0)
		return number < CALLS_MAX ? number : -1;
	int pseudo = PSEUDO_FIRST - number;
	return pseudo >= 0 && pseudo < PSEUDO_MAX ? CALLS_MAX + pseudo : -1;
}

static int number_of(int slot)
{
	return slot < CALLS_MAX ? slot : PSEUDO_FIRST - (slot - CALLS_MAX);
}

static void set(int slot, const char *name, short answer)
{
	if (!table.names[slot])
		table.names[slot] = strdup(name);
	table.answers[slot] = answer;
}

static void list_all(short answer)
{
	for (int slot = 0; slot < CALLS_MAX; slot++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, slot);
		if (name)
			set(slot, name, answer);
		free(name);
	}
}

static void list_name(const char *name, short answer)
{
	const struct system_call_group *group = *name == '@' ? system_call_group_find(name) : NULL;
	char word[64];
	int taken = 0;

	if (strcmp(name, "@known") == 0)
		list_all(answer);
	for (const char *at = group ? group->members : ""; sscanf(at, "%63s%n", word, &taken) == 1; at += taken)
		list_name(word, answer);
	if (*name == '@')
		return;
	int number = seccomp_syscall_resolve_name(name);
	int slot = number == __NR_SCMP_ERROR ? -1 : slot_of(number);
	if (slot >= 0)
		set(slot, name, answer);
}

/* "NAME:ERRNO" into both; "kill" stands for the end of the process. */
static short split(char *word)
{
	char *colon = strchr(word, ':');

	if (!colon)
		return NO_ERROR;
	*colon = '\0';
	int number = strcmp(colon + 1, "kill") == 0 ? KILLS : errno_from_name(colon + 1);
	return number < 0 ? NO_ERROR : (short)number;
}

/* A word of the other kind than the first takes calls out of the list again. */
static void fill(char *const *words, enum filter_mode mode)
{
	char word[128];

	table.allow = mode == FILTER_ALLOW;
	for (int slot = 0; slot < SLOTS; slot++)
		table.answers[slot] = NOT_LISTED;
	for (; words && *words; words++) {
		bool plain = **words == '+';
		snprintf(word, sizeof word, "%s", *words + 1);
		short error = split(word);
		list_name(word, plain == table.allow ? error : NOT_LISTED);
	}
}

static uint32_t kill_or_error(int error)
{
	return error > 0 ? SECCOMP_RET_ERRNO | ((uint32_t)error & SECCOMP_RET_DATA) : SECCOMP_RET_KILL_PROCESS;
}

static uint32_t action_of(short answer)
{
	return answer == NO_ERROR ? table.listed : kill_or_error(answer);
}

/* What the table says, in the numbers of one architecture. Returns how many there are. */
static size_t translate(uint32_t architecture, struct call_answer *answers)
{
	size_t count = 0;

	for (int slot = 0; slot < SLOTS; slot++) {
		if (table.answers[slot] == NOT_LISTED || !table.names[slot])
			continue;
		int number = seccomp_syscall_resolve_name_arch(architecture, table.names[slot]);
		if (number >= 0)
			answers[count++] = (struct call_answer){ (uint32_t)number, action_of(table.answers[slot]) };
	}
	return count;
}

/* Two interfaces of the processor may be one to the kernel, with numbers of their own: x86-64 and x32. */
static const struct {
	uint32_t tokens[2];
	uint32_t audit;
} interfaces[] = {
#if defined __x86_64__
	{ { SCMP_ARCH_X86_64, SCMP_ARCH_X32 }, AUDIT_ARCH_X86_64 },
	{ { SCMP_ARCH_X86, 0 }, AUDIT_ARCH_I386 },
#elif defined __aarch64__
	{ { SCMP_ARCH_AARCH64, 0 }, AUDIT_ARCH_AARCH64 },
	{ { SCMP_ARCH_ARM, 0 }, AUDIT_ARCH_ARM },
#endif
};

/* On processors that are not named above libseccomp does it. */
static int add_rules(scmp_filter_ctx filter, struct start *start)
{
	int r = 0;

	(void)start;
	for (int slot = 0; r == 0 && slot < SLOTS; slot++) {
		if (table.answers[slot] == NOT_LISTED || action_of(table.answers[slot]) == table.unlisted)
			continue;
		r = seccomp_rule_add_array(filter, action_of(table.answers[slot]), number_of(slot), 0, NULL);
		r = r == -EDOM || r == -EINVAL || r == -EFAULT ? 0 : r;
	}
	return r;
}

static int apply_table(struct start *start)
{
	static struct filter_program program;
	static struct call_answer answers[2 * SLOTS];
	size_t kinds = sizeof interfaces / sizeof *interfaces;

	if (kinds == 0)
		return filter_apply(start, table.unlisted, add_rules);
	program.count = 0;
	for (size_t i = 0; i < kinds; i++) {
		size_t count = translate(interfaces[i].tokens[0], answers);
		if (interfaces[i].tokens[1])
			count += translate(interfaces[i].tokens[1], answers + count);
		filter_program_add(&program, interfaces[i].audit, answers, count, table.unlisted);
	}
	return filter_program_load(&program);
}

static void apply(struct start *start, const char *key)
{
	int r = apply_table(start);

	if (r < 0)
		start_fail(start, SPAWN_STEP_SYSTEM_CALLS, -r, "%s=", key);
}

void filter_system_calls(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;
	int error = sandbox->system_call_error ? errno_from_name(sandbox->system_call_error) : KILLS;

	if (sandbox->system_call_log) {
		fill(sandbox->system_call_log_words, sandbox->system_call_log);
		table.listed = table.allow ? SECCOMP_RET_LOG : SECCOMP_RET_ALLOW;
		table.unlisted = table.allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_LOG;
		apply(start, "SystemCallLog");
	}
	if (!sandbox->system_calls)
		return;
	fill(sandbox->system_call_words, sandbox->system_calls);
	if (table.allow)
		list_name("@default", NO_ERROR);
	table.listed = table.allow ? SECCOMP_RET_ALLOW : kill_or_error(error);
	table.unlisted = table.allow ? kill_or_error(error) : SECCOMP_RET_ALLOW;
	apply(start, "SystemCallFilter");
}
