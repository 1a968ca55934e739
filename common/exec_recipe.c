#include "common/exec_recipe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"

#define RECIPE_MAGIC UINT64_C(0x6570696365726273) /* "sbrecipe" */

static void transfer_paths(struct wire *wire, struct sandbox_paths *paths)
{
	char ***const lists[] = {
		&paths->read_write, &paths->read_only, &paths->inaccessible,   &paths->exec,
		&paths->no_exec,    &paths->bind,      &paths->bind_read_only, &paths->temporary,
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		wire_texts(wire, lists[i]);
}

static void transfer_choices(struct wire *wire, struct sandbox *sandbox)
{
	wire_enum(wire, &sandbox->protect_system, PROTECT_SYSTEM_COUNT);
	wire_enum(wire, &sandbox->protect_home, PROTECT_HOME_COUNT);
	wire_enum(wire, &sandbox->private_tmp, PRIVATE_TMP_COUNT);
	wire_enum(wire, &sandbox->private_users, PRIVATE_USERS_COUNT);
	wire_enum(wire, &sandbox->protect_control_groups, PROTECT_CONTROL_GROUPS_COUNT);
	wire_enum(wire, &sandbox->protect_hostname, PROTECT_HOSTNAME_COUNT);
	wire_enum(wire, &sandbox->protect_proc, PROTECT_PROC_COUNT);
	wire_enum(wire, &sandbox->proc_subset, PROC_SUBSET_COUNT);
	wire_enum(wire, &sandbox->mount_flags, PROPAGATION_COUNT);
	wire_enum(wire, &sandbox->device_policy, DEVICE_POLICY_COUNT);
	wire_enum(wire, &sandbox->keyring_mode, KEYRING_COUNT);
	wire_enum(wire, &sandbox->address_families, FILTER_MODE_COUNT);
	wire_enum(wire, &sandbox->system_calls, FILTER_MODE_COUNT);
	wire_enum(wire, &sandbox->system_call_log, FILTER_MODE_COUNT);
	wire_u64(wire, &sandbox->namespaces_allowed);
}

static void transfer_flags(struct wire *wire, struct sandbox *sandbox)
{
	bool *const flags[] = {
		&sandbox->required,
		&sandbox->private_devices,
		&sandbox->private_network,
		&sandbox->private_mounts,
		&sandbox->private_ipc,
		&sandbox->private_pids,
		&sandbox->protect_kernel_tunables,
		&sandbox->protect_kernel_modules,
		&sandbox->protect_kernel_logs,
		&sandbox->protect_clock,
		&sandbox->mount_api_vfs,
		&sandbox->mount_api_vfs_given,
		&sandbox->lock_personality,
		&sandbox->memory_deny_write_execute,
		&sandbox->restrict_realtime,
		&sandbox->restrict_suid_sgid,
		&sandbox->restrict_namespaces,
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		wire_bool(wire, flags[i]);
}

static void transfer_words(struct wire *wire, struct sandbox *sandbox)
{
	char ***const lists[] = {
		&sandbox->address_family_names,  &sandbox->system_call_words, &sandbox->system_call_architectures,
		&sandbox->system_call_log_words, &sandbox->device_allow,      &sandbox->address_allow,
		&sandbox->address_deny,          &sandbox->load_credentials,  &sandbox->set_credentials,
		&sandbox->import_credentials,
	};
	char **const texts[] = {
		&sandbox->system_call_error, &sandbox->network_namespace_path, &sandbox->ipc_namespace_path,
		&sandbox->apparmor_profile,  &sandbox->selinux_context,        &sandbox->smack_label,
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		wire_texts(wire, lists[i]);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		wire_text(wire, texts[i]);
}

static void transfer_ids(struct wire *wire, struct exec_recipe *recipe)
{
	wire_bool(wire, &recipe->set_ids);
	wire_u32(wire, &recipe->uid);
	wire_u32(wire, &recipe->gid);
	wire_count(wire, &recipe->group_count, EXEC_RECIPE_GROUPS_MAX);
	if (wire->unpacking)
		recipe->groups = recipe->group_count ? calloc(recipe->group_count, sizeof *recipe->groups) : NULL;
	if (recipe->group_count && !recipe->groups)
		wire->error = wire->error ? wire->error : -ENOMEM;
	for (size_t i = 0; i < recipe->group_count && !wire->error; i++)
		wire_u32(wire, &recipe->groups[i]);
	wire_text(wire, &recipe->user_name);
	wire_text(wire, &recipe->group_name);
}

static void transfer_limits(struct wire *wire, struct exec_recipe *recipe)
{
	wire_count(wire, &recipe->limit_count, EXEC_RECIPE_LIMITS_MAX);
	for (size_t i = 0; i < recipe->limit_count && !wire->error; i++) {
		uint64_t soft = recipe->limits[i].value.rlim_cur, hard = recipe->limits[i].value.rlim_max;
		wire_int(wire, &recipe->limits[i].resource);
		wire_u64(wire, &soft);
		wire_u64(wire, &hard);
		recipe->limits[i].value = (struct rlimit){ .rlim_cur = soft, .rlim_max = hard };
	}
}

static void transfer_program(struct wire *wire, struct exec_recipe *recipe)
{
	wire_u32(wire, &recipe->granted_fds);
	wire_bool(wire, &recipe->has_cgroup);
	wire_bool(wire, &recipe->has_shared_network);
	wire_bool(wire, &recipe->has_shared_ipc);
	wire_bool(wire, &recipe->user_mode);
	wire_text(wire, &recipe->path);
	wire_text(wire, &recipe->search_path);
	wire_texts(wire, &recipe->argv);
	wire_texts(wire, &recipe->environment);
	wire_texts(wire, &recipe->pid_variables);
	wire_text(wire, &recipe->unit);
}

static void transfer_privileges(struct wire *wire, struct exec_recipe *recipe)
{
	wire_text(wire, &recipe->root_directory);
	wire_text(wire, &recipe->working_directory);
	wire_bool(wire, &recipe->working_directory_missing_ok);
	wire_bool(wire, &recipe->working_directory_is_home);
	wire_bool(wire, &recipe->bounding_set_given);
	wire_u64(wire, &recipe->bounding_set);
	wire_u64(wire, &recipe->ambient_set);
	wire_int(wire, &recipe->secure_bits);
	wire_bool(wire, &recipe->no_new_privileges);
	wire_bool(wire, &recipe->dynamic_user);
	wire_texts(wire, &recipe->owned_directories);
	wire_texts(wire, &recipe->writable_directories);
	wire_text(wire, &recipe->notify_socket);
	wire_text(wire, &recipe->private_tmp);
	wire_text(wire, &recipe->private_var_tmp);
	wire_text(wire, &recipe->credentials_directory);
}

static void transfer_header(struct wire *wire)
{
	uint64_t magic = RECIPE_MAGIC;
	uint32_t version = EXEC_RECIPE_VERSION;
	char own[] = SVINIT_VERSION, *program = own;

	wire_u64(wire, &magic);
	wire_u32(wire, &version);
	wire_text(wire, &program);
	if (wire->error)
		return;
	if (magic != RECIPE_MAGIC)
		wire->error = -EBADMSG;
	else if (version != EXEC_RECIPE_VERSION || !program || strcmp(program, SVINIT_VERSION) != 0)
		wire->error = -EPROTO;
}

static void transfer(struct wire *wire, struct exec_recipe *recipe)
{
	transfer_header(wire);
	transfer_program(wire, recipe);
	transfer_ids(wire, recipe);
	transfer_limits(wire, recipe);
	transfer_privileges(wire, recipe);
	transfer_choices(wire, &recipe->sandbox);
	transfer_flags(wire, &recipe->sandbox);
	transfer_words(wire, &recipe->sandbox);
	transfer_paths(wire, &recipe->sandbox.paths);
}

int exec_recipe_pack(const struct exec_recipe *recipe, char **data, size_t *length)
{
	struct wire wire = wire_packer(EXEC_RECIPE_MAX);
	struct exec_recipe copy = *recipe;

	transfer(&wire, &copy);
	int r = wire_end(&wire);
	if (r < 0) {
		wire_finish(&wire);
		return r;
	}
	*data = wire.data;
	*length = wire.length;
	return 0;
}

int exec_recipe_unpack(struct exec_recipe *recipe, char *data, size_t length)
{
	struct wire wire = wire_unpacker(data, length);

	*recipe = (struct exec_recipe){ 0 };
	transfer(&wire, recipe);
	int r = wire_end(&wire);
	/* Without these there is nothing to execute. */
	return r == 0 && (!recipe->path || !recipe->argv || !recipe->unit) ? -EBADMSG : r;
}

static void transfer_report(struct wire *wire, struct exec_report *report)
{
	char *key = report->key, *text = report->text;

	wire_enum(wire, &report->kind, EXEC_REPORT_KIND_COUNT);
	wire_u32(wire, &report->step);
	wire_int(wire, &report->error);
	wire_text(wire, &key);
	wire_text(wire, &text);
	if (!wire->unpacking || wire->error)
		return;
	snprintf(report->key, sizeof report->key, "%s", key ? key : "");
	snprintf(report->text, sizeof report->text, "%s", text ? text : "");
}

size_t exec_report_pack(const struct exec_report *report, char message[EXEC_REPORT_MAX])
{
	struct wire wire = wire_packer(EXEC_REPORT_MAX);
	struct exec_report copy = *report;
	size_t length = 0;

	transfer_report(&wire, &copy);
	if (wire_end(&wire) == 0) {
		memcpy(message, wire.data, wire.length);
		length = wire.length;
	}
	wire_finish(&wire);
	return length;
}

int exec_report_unpack(struct exec_report *report, char *message, size_t length)
{
	struct wire wire = wire_unpacker(message, length);

	*report = (struct exec_report){ 0 };
	transfer_report(&wire, report);
	return wire_end(&wire);
}
