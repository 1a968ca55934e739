/* RestrictNamespaces= and its like, as rules. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/system_call_group.h"
#include "exec/address_family.h"
#include "exec/filter.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define DENIED    SCMP_ACT_ERRNO(EPERM)
#define NOT_THERE SCMP_ACT_ERRNO(ENOSYS)
#define NO_FAMILY SCMP_ACT_ERRNO(EAFNOSUPPORT)

/* A call that an architecture has not needs no rule there. */
static int tolerate(int r)
{
	return r == -EDOM || r == -EINVAL || r == -EFAULT ? 0 : r;
}

static int deny_call(scmp_filter_ctx filter, const char *name, uint32_t action)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR ? 0 : tolerate(seccomp_rule_add_array(filter, action, number, 0, NULL));
}

static int deny_masked(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t mask, uint64_t value,
		       uint32_t action)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return 0;
	struct scmp_arg_cmp condition = SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, mask, value);
	return tolerate(seccomp_rule_add_array(filter, action, number, 1, &condition));
}

static int deny_group(scmp_filter_ctx filter, const char *name)
{
	const struct system_call_group *group = system_call_group_find(name);
	char word[64];
	int r = 0, taken = 0;

	for (const char *at = group ? group->members : ""; r == 0 && sscanf(at, "%63s%n", word, &taken) == 1;
	     at += taken)
		r = deny_call(filter, word, DENIED);
	return r;
}

static int restrict_namespaces(scmp_filter_ctx filter, uint64_t allowed)
{
	static const uint64_t kinds[] = { CLONE_NEWCGROUP, CLONE_NEWIPC,  CLONE_NEWNET, CLONE_NEWNS,
					  CLONE_NEWPID,    CLONE_NEWUSER, CLONE_NEWUTS, CLONE_NEWTIME };
	/* Its flags lie in memory, where no filter sees them; the C library then takes clone(2). */
	int r = deny_call(filter, "clone3", NOT_THERE);
	bool all = true;

	for (size_t i = 0; r == 0 && i < sizeof kinds / sizeof *kinds; i++) {
		if (allowed & kinds[i])
			continue;
		all = false;
		r = deny_masked(filter, "unshare", 0, kinds[i], kinds[i], DENIED);
		if (r == 0 && kinds[i] != CLONE_NEWTIME)
			r = deny_masked(filter, "clone", 0, kinds[i], kinds[i], DENIED);
		if (r == 0)
			r = deny_masked(filter, "setns", 1, kinds[i], kinds[i], DENIED);
	}
	/* Without a type, any namespace could be entered. */
	return r == 0 && !all ? deny_masked(filter, "setns", 1, UINT32_MAX, 0, DENIED) : r;
}

static int deny_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition, uint32_t action)
{
	return tolerate(seccomp_rule_add_array(filter, action, number, 1, &condition));
}

static int restrict_realtime(scmp_filter_ctx filter)
{
	static const unsigned real[] = { SCHED_FIFO, SCHED_RR, 4, 6, 7 };
	int r = deny_call(filter, "sched_setattr", DENIED);

	for (size_t i = 0; r == 0 && i < sizeof real / sizeof *real; i++)
		r = deny_if(filter, SCMP_SYS(sched_setscheduler), SCMP_A1_64(SCMP_CMP_EQ, real[i]), DENIED);
	return r < 0 ? r : deny_if(filter, SCMP_SYS(sched_setscheduler), SCMP_A1_64(SCMP_CMP_GT, 7), DENIED);
}

static int restrict_modes(scmp_filter_ctx filter)
{
	static const struct {
		const char *name;
		unsigned argument;
	} calls[] = {
		{ "chmod", 1 },   { "fchmod", 1 }, { "fchmodat", 2 }, { "fchmodat2", 2 }, { "mkdir", 1 },
		{ "mkdirat", 2 }, { "mknod", 1 },  { "mknodat", 2 },  { "creat", 1 },
	};
	static const uint64_t bits[] = { S_ISUID, S_ISGID };
	int r = deny_call(filter, "openat2", NOT_THERE);

	for (size_t bit = 0; bit < 2; bit++) {
		for (size_t i = 0; r == 0 && i < sizeof calls / sizeof *calls; i++)
			r = deny_masked(filter, calls[i].name, calls[i].argument, bits[bit], bits[bit], DENIED);
		const struct scmp_arg_cmp open_rule[] = { SCMP_A1_64(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
							  SCMP_A2_64(SCMP_CMP_MASKED_EQ, bits[bit], bits[bit]) };
		const struct scmp_arg_cmp openat_rule[] = { SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
							    SCMP_A3_64(SCMP_CMP_MASKED_EQ, bits[bit], bits[bit]) };
		const struct scmp_arg_cmp unnamed_rule[] = { SCMP_A2_64(SCMP_CMP_MASKED_EQ, __O_TMPFILE, __O_TMPFILE),
							     SCMP_A3_64(SCMP_CMP_MASKED_EQ, bits[bit], bits[bit]) };
		if (r == 0)
			r = tolerate(seccomp_rule_add_array(filter, DENIED, SCMP_SYS(open), 2, open_rule));
		if (r == 0)
			r = tolerate(seccomp_rule_add_array(filter, DENIED, SCMP_SYS(openat), 2, openat_rule));
		if (r == 0)
			r = tolerate(seccomp_rule_add_array(filter, DENIED, SCMP_SYS(openat), 2, unnamed_rule));
	}
	return r;
}

static int deny_write_execute(scmp_filter_ctx filter)
{
	const uint64_t both = PROT_WRITE | PROT_EXEC;
	int r = deny_masked(filter, "mmap", 2, both, both, DENIED);

	if (r == 0)
		r = deny_masked(filter, "mmap2", 2, both, both, DENIED);
	if (r == 0)
		r = deny_masked(filter, "mprotect", 2, PROT_EXEC, PROT_EXEC, DENIED);
	if (r == 0)
		r = deny_masked(filter, "pkey_mprotect", 2, PROT_EXEC, PROT_EXEC, DENIED);
	if (r == 0)
		r = deny_masked(filter, "shmat", 2, SHM_EXEC, SHM_EXEC, DENIED);
	/* The kernel's own way, where it has one (6.3), holds besides. */
	(void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	return r;
}

static int lock_personality(scmp_filter_ctx filter)
{
	uint64_t present = (uint32_t)personality(0xffffffff);

	return deny_if(filter, SCMP_SYS(personality), SCMP_A0_64(SCMP_CMP_NE, present), DENIED);
}

/* The families that are not in the list, or those that are. */
static int restrict_families(scmp_filter_ctx filter, const struct sandbox *sandbox)
{
	bool allow = sandbox->address_families == FILTER_ALLOW;
	int r = 0;

	for (int family = 0; r == 0 && family < ADDRESS_FAMILY_COUNT; family++)
		if (address_family_is_named(sandbox->address_family_names, family) != allow)
			r = deny_if(filter, SCMP_SYS(socket),
				    SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)family), NO_FAMILY);
	if (r == 0 && allow)
		r = deny_if(filter, SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_GE, ADDRESS_FAMILY_COUNT), NO_FAMILY);
	return r;
}

static int deny_groups(scmp_filter_ctx filter, const struct sandbox *sandbox)
{
	const struct {
		bool wanted;
		const char *name;
	} rows[] = {
		{ sandbox->protect_clock, "@clock" },
		{ sandbox->protect_kernel_modules, "@module" },
		{ sandbox->private_devices, "@raw-io" },
		{ sandbox->protect_kernel_logs, "syslog" },
		{ sandbox->protect_kernel_tunables, "_sysctl" },
		{ sandbox->protect_hostname, "sethostname" },
		{ sandbox->protect_hostname, "setdomainname" },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof rows / sizeof *rows; i++)
		if (rows[i].wanted)
			r = *rows[i].name == '@' ? deny_group(filter, rows[i].name)
						 : deny_call(filter, rows[i].name, DENIED);
	return r;
}

bool filter_restricts(const struct sandbox *sandbox)
{
	return sandbox->lock_personality || sandbox->memory_deny_write_execute || sandbox->restrict_realtime ||
	       sandbox->restrict_suid_sgid || sandbox->restrict_namespaces || sandbox->address_families ||
	       sandbox->protect_clock || sandbox->protect_hostname || sandbox->protect_kernel_modules ||
	       sandbox->protect_kernel_logs || sandbox->private_devices || sandbox->protect_kernel_tunables;
}

int filter_restrictions(scmp_filter_ctx filter, struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;
	int r = deny_groups(filter, sandbox);

	if (r == 0 && sandbox->restrict_namespaces)
		r = restrict_namespaces(filter, sandbox->namespaces_allowed);
	if (r == 0 && sandbox->restrict_realtime)
		r = restrict_realtime(filter);
	if (r == 0 && sandbox->restrict_suid_sgid)
		r = restrict_modes(filter);
	if (r == 0 && sandbox->memory_deny_write_execute)
		r = deny_write_execute(filter);
	if (r == 0 && sandbox->lock_personality)
		r = lock_personality(filter);
	if (r == 0 && sandbox->address_families)
		r = restrict_families(filter, sandbox);
	return r;
}
