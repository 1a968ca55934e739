#include "supervisor/os/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t capability_bit(int capability)
{
	return UINT64_C(1) << capability;
}

static uint64_t known_to_kernel(void)
{
	int count = cap_max_bits();

	return count >= 64 ? UINT64_MAX : capability_bit(count) - 1;
}

void capabilities_plan(struct capability_plan *plan, const uint64_t *bounding, uint64_t ambient, int secure_bits,
		       bool changes_user)
{
	*plan = (struct capability_plan){ .secure_bits = secure_bits };
	if (bounding)
		plan->drop = known_to_kernel() & ~*bounding;
	if (ambient)
		plan->ambient = known_to_kernel() & ambient;
	plan->keep = plan->ambient && changes_user;
}

int capabilities_drop_bounding(const struct capability_plan *plan)
{
	for (int capability = 0; capability < 64; capability++) {
		if (!(plan->drop & capability_bit(capability)))
			continue;
		/* One that is gone already needs no privilege to stay so. */
		if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 0)
			continue;
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

int capabilities_set_secure_bits(const struct capability_plan *plan)
{
	if (plan->secure_bits >= 0) {
		int bits = plan->secure_bits | (plan->keep ? SECBIT_KEEP_CAPS : 0);
		return prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0 ? -errno : 0;
	}
	if (plan->keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

/* Puts the ambient ones in the inheritable set, and drops all others after a change of user. */
static int set_inheritable(const struct capability_plan *plan)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		uint32_t ambient = (uint32_t)(plan->ambient >> (32 * i));

		data[i].inheritable |= ambient;
		if (plan->keep)
			data[i].permitted = data[i].effective = data[i].permitted & ambient;
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int capabilities_raise_ambient(const struct capability_plan *plan)
{
	if (!plan->ambient)
		return 0;
	int r = set_inheritable(plan);
	for (int capability = 0; r == 0 && capability < 64; capability++)
		if (plan->ambient & capability_bit(capability) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
			r = -errno;
	return r;
}

bool capabilities_have(int capability)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t own = cap_get_proc();

	if (!own)
		return false;
	if (cap_get_flag(own, (cap_value_t)capability, CAP_EFFECTIVE, &value) < 0)
		value = CAP_CLEAR;
	cap_free(own);
	return value == CAP_SET;
}
