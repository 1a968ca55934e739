/* Which keys a sandbox asks for, by what they need of the kernel. */
#include "exec/start.h"

struct asked {
	const char *key;
	bool wanted;
	unsigned needs;
};

enum { KEYS_MAX = 48 };

static size_t list(const struct sandbox *sandbox, struct asked asked[KEYS_MAX])
{
	const struct sandbox_paths *paths = &sandbox->paths;
	const struct asked all[] = {
		{ "ProtectSystem", sandbox->protect_system, NEED_MOUNTS },
		{ "ProtectHome", sandbox->protect_home, NEED_MOUNTS },
		{ "PrivateTmp", sandbox->private_tmp, NEED_MOUNTS },
		{ "PrivateDevices", sandbox->private_devices, NEED_MOUNTS },
		{ "PrivateMounts", sandbox->private_mounts, NEED_MOUNTS },
		{ "ProtectKernelTunables", sandbox->protect_kernel_tunables, NEED_MOUNTS },
		{ "ProtectKernelModules", sandbox->protect_kernel_modules, NEED_MOUNTS },
		{ "ProtectKernelLogs", sandbox->protect_kernel_logs, NEED_MOUNTS },
		{ "ProtectControlGroups", sandbox->protect_control_groups, NEED_MOUNTS },
		{ "ProtectProc", sandbox->protect_proc, NEED_MOUNTS },
		{ "ProcSubset", sandbox->proc_subset, NEED_MOUNTS },
		{ "MountFlags", sandbox->mount_flags, NEED_MOUNTS },
		{ "ReadWritePaths", paths->read_write, NEED_MOUNTS },
		{ "ReadOnlyPaths", paths->read_only, NEED_MOUNTS },
		{ "InaccessiblePaths", paths->inaccessible, NEED_MOUNTS },
		{ "ExecPaths", paths->exec, NEED_MOUNTS },
		{ "NoExecPaths", paths->no_exec, NEED_MOUNTS },
		{ "BindPaths", paths->bind, NEED_MOUNTS },
		{ "BindReadOnlyPaths", paths->bind_read_only, NEED_MOUNTS },
		{ "TemporaryFileSystem", paths->temporary, NEED_MOUNTS },
		{ "PrivateUsers", sandbox->private_users, NEED_USER_NAMESPACE },
		{ "SystemCallFilter", sandbox->system_calls, NEED_SYSTEM_CALL_FILTER },
		{ "SystemCallArchitectures", sandbox->system_call_architectures, NEED_SYSTEM_CALL_FILTER },
		{ "SystemCallLog", sandbox->system_call_log, NEED_SYSTEM_CALL_FILTER },
		{ "RestrictAddressFamilies", sandbox->address_families, NEED_SYSTEM_CALL_FILTER },
		{ "RestrictNamespaces", sandbox->restrict_namespaces, NEED_SYSTEM_CALL_FILTER },
		{ "RestrictRealtime", sandbox->restrict_realtime, NEED_SYSTEM_CALL_FILTER },
		{ "RestrictSUIDSGID", sandbox->restrict_suid_sgid, NEED_SYSTEM_CALL_FILTER },
		{ "LockPersonality", sandbox->lock_personality, NEED_SYSTEM_CALL_FILTER },
		{ "MemoryDenyWriteExecute", sandbox->memory_deny_write_execute, NEED_SYSTEM_CALL_FILTER },
		{ "ProtectClock", sandbox->protect_clock, NEED_SYSTEM_CALL_FILTER },
		{ "ProtectHostname", sandbox->protect_hostname, NEED_SYSTEM_CALL_FILTER },
	};
	size_t count = 0;

	_Static_assert(sizeof all / sizeof *all <= KEYS_MAX, "room for every key");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].wanted)
			asked[count++] = all[i];
	return count;
}

void start_none_enforced(struct start *start, enum need need, int error, const char *why)
{
	struct asked asked[KEYS_MAX];
	size_t count = list(&start->recipe.sandbox, asked);

	for (size_t i = 0; i < count; i++)
		if (asked[i].needs & need)
			start_not_enforced(start, asked[i].key, error, "%s", why);
}
