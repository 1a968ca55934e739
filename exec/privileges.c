#include "exec/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/capabilities.h"
#include "supervisor/os/child_privileges.h"

#define CAPABILITY(number) (UINT64_C(1) << (number))

void privileges_set_limits(struct start *start)
{
	struct spawn_limit limits[EXEC_RECIPE_LIMITS_MAX];

	for (size_t i = 0; i < start->recipe.limit_count; i++)
		limits[i] = (struct spawn_limit){ .resource = start->recipe.limits[i].resource,
						  .value = start->recipe.limits[i].value };
	int r = child_set_limits(limits, start->recipe.limit_count);
	if (r < 0)
		start_fail(start, SPAWN_STEP_LIMITS, -r, "limits");
}

void privileges_set_groups(struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	int r = recipe->set_ids ? child_set_groups(recipe->gid, recipe->groups, recipe->group_count) : 0;

	if (r < 0)
		start_fail(start, SPAWN_STEP_GROUP, -r, "group %u", recipe->gid);
}

/* What the kernel would let one do in spite of the mounts and filters of these keys. */
static uint64_t taken_by_sandbox(const struct sandbox *sandbox)
{
	uint64_t taken = 0;

	if (sandbox->private_devices)
		taken |= CAPABILITY(CAP_MKNOD) | CAPABILITY(CAP_SYS_RAWIO);
	if (sandbox->protect_kernel_modules)
		taken |= CAPABILITY(CAP_SYS_MODULE);
	if (sandbox->protect_kernel_logs)
		taken |= CAPABILITY(CAP_SYSLOG);
	if (sandbox->protect_clock)
		taken |= CAPABILITY(CAP_SYS_TIME) | CAPABILITY(CAP_WAKE_ALARM);
	return taken;
}

void privileges_set_user(struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	uint64_t taken = taken_by_sandbox(&recipe->sandbox);
	uint64_t bounding = (recipe->bounding_set_given ? recipe->bounding_set : UINT64_MAX) & ~taken;
	struct capability_plan plan;

	capabilities_plan(&plan, recipe->bounding_set_given || taken ? &bounding : NULL, recipe->ambient_set & ~taken,
			  recipe->secure_bits, recipe->set_ids && recipe->uid != 0);
	int r = capabilities_drop_bounding(&plan);
	/* Who has no privileges has none to lose. */
	if (r < 0 && !(r == -EPERM && !recipe->bounding_set_given && !start->privileged))
		start_fail(start, SPAWN_STEP_CAPABILITIES, -r, "CapabilityBoundingSet=");
	r = capabilities_set_secure_bits(&plan);
	if (r < 0)
		start_fail(start, SPAWN_STEP_SECUREBITS, -r, "SecureBits=");
	r = recipe->set_ids ? child_set_user(recipe->uid) : 0;
	if (r < 0)
		start_fail(start, SPAWN_STEP_USER, -r, "user %u", recipe->uid);
	r = capabilities_raise_ambient(&plan);
	if (r < 0)
		start_fail(start, SPAWN_STEP_CAPABILITIES, -r, "AmbientCapabilities=");
}

void privileges_enter_directory(struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	const char *directory =
		recipe->working_directory_is_home && start->home ? start->home : recipe->working_directory;
	int r = child_change_directory(directory, recipe->working_directory_missing_ok);

	if (r < 0)
		start_fail(start, SPAWN_STEP_CHDIR, -r, "%s", directory);
}
