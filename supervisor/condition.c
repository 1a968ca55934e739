#include "supervisor/condition.h"

#include <stdio.h>

#include "supervisor/condition_tests.h"
#include "supervisor/load/condition_name.h"

bool condition_holds(const struct condition *condition)
{
	static bool (*const tests[CONDITION_TYPE_COUNT])(const char *) = {
		[CONDITION_ARCHITECTURE] = condition_architecture,
		[CONDITION_FIRMWARE] = condition_firmware,
		[CONDITION_VIRTUALIZATION] = condition_virtualization,
		[CONDITION_HOST] = condition_host,
		[CONDITION_KERNEL_COMMAND_LINE] = condition_kernel_command_line,
		[CONDITION_KERNEL_VERSION] = condition_kernel_version,
		[CONDITION_CREDENTIAL] = condition_credential,
		[CONDITION_ENVIRONMENT] = condition_environment,
		[CONDITION_SECURITY] = condition_security,
		[CONDITION_CAPABILITY] = condition_capability,
		[CONDITION_AC_POWER] = condition_ac_power,
		[CONDITION_NEEDS_UPDATE] = condition_needs_update,
		[CONDITION_FIRST_BOOT] = condition_first_boot,
		[CONDITION_PATH_EXISTS] = condition_path_exists,
		[CONDITION_PATH_EXISTS_GLOB] = condition_path_exists_glob,
		[CONDITION_PATH_IS_DIRECTORY] = condition_path_is_directory,
		[CONDITION_PATH_IS_SYMBOLIC_LINK] = condition_path_is_symbolic_link,
		[CONDITION_PATH_IS_MOUNT_POINT] = condition_path_is_mount_point,
		[CONDITION_PATH_IS_READ_WRITE] = condition_path_is_read_write,
		[CONDITION_PATH_IS_ENCRYPTED] = condition_path_is_encrypted,
		[CONDITION_DIRECTORY_NOT_EMPTY] = condition_directory_not_empty,
		[CONDITION_FILE_NOT_EMPTY] = condition_file_not_empty,
		[CONDITION_FILE_IS_EXECUTABLE] = condition_file_is_executable,
		[CONDITION_USER] = condition_user,
		[CONDITION_GROUP] = condition_group,
		[CONDITION_CONTROL_GROUP_CONTROLLER] = condition_control_group_controller,
		[CONDITION_MEMORY] = condition_memory,
		[CONDITION_CPUS] = condition_cpus,
		[CONDITION_CPU_FEATURE] = condition_cpu_feature,
		[CONDITION_OS_RELEASE] = condition_os_release,
		[CONDITION_MEMORY_PRESSURE] = condition_memory_pressure,
		[CONDITION_CPU_PRESSURE] = condition_cpu_pressure,
		[CONDITION_IO_PRESSURE] = condition_io_pressure,
		[CONDITION_VERSION] = condition_version,
		[CONDITION_KERNEL_MODULE_LOADED] = condition_kernel_module_loaded,
	};

	if (condition->type >= CONDITION_TYPE_COUNT)
		return false;
	return tests[condition->type](condition->parameter) != condition->negate;
}

const char *condition_describe(const struct condition *condition, char *text, size_t size)
{
	const char *name = condition_key_name((enum condition_type)condition->type, condition->assertion);

	snprintf(text, size, "%s=%s%s%s", name ? name : "Condition", condition->trigger ? "|" : "",
		 condition->negate ? "!" : "", condition->parameter);
	return text;
}

/* All plain ones hold, and of the triggering ones ('|') at least one, if there are any. */
static bool all_hold(const struct unit_options *options, bool assertions, char *failed, size_t size)
{
	const struct condition *last_trigger = NULL;
	bool triggered = false;

	for (size_t i = 0; i < options->condition_count; i++) {
		const struct condition *condition = &options->conditions[i];
		if (condition->assertion != assertions || (condition->trigger && triggered))
			continue;
		bool holds = condition_holds(condition);
		if (!holds && !condition->trigger) {
			condition_describe(condition, failed, size);
			return false;
		}
		if (condition->trigger) {
			triggered = holds;
			last_trigger = condition;
		}
	}
	if (last_trigger && !triggered)
		condition_describe(last_trigger, failed, size);
	return !last_trigger || triggered;
}

enum conditions_outcome conditions_check(const struct unit_options *options, char *failed, size_t size)
{
	if (size > 0)
		*failed = '\0';
	if (!all_hold(options, false, failed, size))
		return CONDITIONS_SKIP;
	return all_hold(options, true, failed, size) ? CONDITIONS_HOLD : CONDITIONS_ASSERT_FAILED;
}
