#include "common/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"

const struct sandbox sandbox_default = { 0 };

static void finish_paths(struct sandbox_paths *paths)
{
	string_list_free(paths->read_write);
	string_list_free(paths->read_only);
	string_list_free(paths->inaccessible);
	string_list_free(paths->exec);
	string_list_free(paths->no_exec);
	string_list_free(paths->bind);
	string_list_free(paths->bind_read_only);
	string_list_free(paths->temporary);
}

void sandbox_finish(struct sandbox *sandbox)
{
	finish_paths(&sandbox->paths);
	string_list_free(sandbox->address_family_names);
	string_list_free(sandbox->system_call_words);
	string_list_free(sandbox->system_call_architectures);
	string_list_free(sandbox->system_call_log_words);
	string_list_free(sandbox->device_allow);
	string_list_free(sandbox->address_allow);
	string_list_free(sandbox->address_deny);
	string_list_free(sandbox->load_credentials);
	string_list_free(sandbox->set_credentials);
	string_list_free(sandbox->import_credentials);
	free(sandbox->system_call_error);
	free(sandbox->network_namespace_path);
	free(sandbox->ipc_namespace_path);
	free(sandbox->apparmor_profile);
	free(sandbox->selinux_context);
	free(sandbox->smack_label);
	*sandbox = (struct sandbox){ 0 };
}

static bool any_path(const struct sandbox_paths *paths)
{
	return paths->read_write || paths->read_only || paths->inaccessible || paths->exec || paths->no_exec ||
	       paths->bind || paths->bind_read_only || paths->temporary;
}

bool sandbox_wants_mounts(const struct sandbox *sandbox)
{
	return sandbox->protect_system || sandbox->protect_home || sandbox->private_tmp || sandbox->private_devices ||
	       sandbox->private_mounts || sandbox->private_pids || sandbox->protect_kernel_tunables ||
	       sandbox->protect_kernel_modules || sandbox->protect_kernel_logs || sandbox->protect_control_groups ||
	       sandbox->protect_proc || sandbox->proc_subset || sandbox->mount_flags || sandbox->mount_api_vfs ||
	       sandbox->private_ipc || sandbox->ipc_namespace_path || sandbox->load_credentials ||
	       sandbox->set_credentials || sandbox->import_credentials || any_path(&sandbox->paths);
}

static bool wants_system_calls(const struct sandbox *sandbox)
{
	return sandbox->lock_personality || sandbox->memory_deny_write_execute || sandbox->restrict_realtime ||
	       sandbox->restrict_suid_sgid || sandbox->restrict_namespaces || sandbox->address_families ||
	       sandbox->system_calls || sandbox->system_call_architectures || sandbox->system_call_log ||
	       sandbox->protect_clock || sandbox->protect_hostname;
}

bool sandbox_is_wanted(const struct sandbox *sandbox)
{
	return sandbox_wants_mounts(sandbox) || wants_system_calls(sandbox) || sandbox->private_users ||
	       sandbox->keyring_mode || sandbox->device_policy || sandbox->device_allow || sandbox->address_allow ||
	       sandbox->address_deny || sandbox->apparmor_profile || sandbox->selinux_context || sandbox->smack_label ||
	       sandbox->private_network || sandbox->network_namespace_path;
}
