#include "exec/filter.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "supervisor/os/capabilities.h"
#include "supervisor/os/child_privileges.h"

/* The system call interfaces of this kernel: a filter for one of them could be walked around by another. */
static const uint32_t architectures[] = {
	SCMP_ARCH_NATIVE,
#if defined __x86_64__
	SCMP_ARCH_X86,
	SCMP_ARCH_X32,
#elif defined __aarch64__
	SCMP_ARCH_ARM,
#endif
};

static bool is_wanted(const struct sandbox *sandbox)
{
	return filter_restricts(sandbox) || sandbox->system_calls || sandbox->system_call_architectures ||
	       sandbox->system_call_log;
}

/* For one architecture alone, with its rules; NULL with *r set. */
static scmp_filter_ctx make_one(struct start *start, uint32_t architecture, uint32_t otherwise, filter_rules *rules,
				int *r)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);

	*r = filter ? 0 : -ENOMEM;
	if (*r == 0 && architecture != SCMP_ARCH_NATIVE) {
		*r = seccomp_arch_add(filter, architecture);
		if (*r == 0)
			*r = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
	}
	if (*r == 0)
		*r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
	if (*r == 0)
		*r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (*r == 0)
		(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 1);
	if (*r == 0)
		*r = rules(filter, start);
	if (*r == 0)
		return filter;
	if (filter)
		seccomp_release(filter);
	return NULL;
}

int filter_apply(struct start *start, uint32_t otherwise, filter_rules *rules)
{
	/* Where only some architectures are allowed, a filter of its own sees to the others. */
	size_t count =
		start->recipe.sandbox.system_call_architectures ? 1 : sizeof architectures / sizeof *architectures;
	scmp_filter_ctx all = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		scmp_filter_ctx one = make_one(start, architectures[i], otherwise, rules, &r);
		if (!all)
			all = one;
		else if (r == 0 && (r = seccomp_merge(all, one)) < 0)
			seccomp_release(one);
	}
	if (r == 0)
		r = seccomp_load(all);
	if (all)
		seccomp_release(all);
	return r;
}

static uint32_t architecture_of(const char *name)
{
	if (strcmp(name, "native") == 0)
		return seccomp_arch_native();
	if (strcmp(name, "x86-64") == 0)
		return SCMP_ARCH_X86_64;
	return seccomp_arch_resolve_name(strcmp(name, "arm64") == 0 ? "aarch64" : name);
}

/* Calls by any other interface end the process. */
static int restrict_architectures(const struct sandbox *sandbox)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) : -ENOMEM;

	for (char **name = sandbox->system_call_architectures; r == 0 && name && *name; name++) {
		uint32_t token = architecture_of(*name);
		r = token ? seccomp_arch_add(filter, token) : 0;
		r = r == -EEXIST ? 0 : r;
	}
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return r;
}

void filter_set_up(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;
	int r = 0;

	if (!is_wanted(sandbox))
		return;
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		start_none_enforced(start, NEED_SYSTEM_CALL_FILTER, 0, "the kernel has no system call filters");
		return;
	}
	/* Who may not do everything anyway may set filters only for good: prctl(2). */
	if (!capabilities_have(CAP_SYS_ADMIN))
		r = child_deny_new_privileges();
	if (r == 0 && sandbox->system_call_architectures)
		r = restrict_architectures(sandbox);
	if (r == 0 && filter_restricts(sandbox))
		r = filter_apply(start, SCMP_ACT_ALLOW, filter_restrictions);
	if (r < 0)
		start_fail(start, SPAWN_STEP_SYSTEM_CALLS, -r, "system call filter");
	filter_system_calls(start);
}
