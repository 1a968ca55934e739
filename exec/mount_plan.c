/* From the keys to entries. */
#include "exec/mount_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 65536 };

static void __attribute__((noreturn)) no_memory(struct start *start)
{
	start_fail(start, SPAWN_STEP_NAMESPACE, ENOMEM, "mounts");
}

struct mount_entry *mount_plan_add(struct mount_plan *plan, const char *path, const char *options,
				   struct mount_entry pattern)
{
	if (plan->count == plan->capacity) {
		size_t capacity = plan->capacity ? plan->capacity * 2 : 64;
		struct mount_entry *entries =
			capacity > ENTRIES_MAX ? NULL : reallocarray(plan->entries, capacity, sizeof *entries);
		if (!entries)
			return NULL;
		plan->entries = entries;
		plan->capacity = capacity;
	}
	pattern.path = strdup(path);
	pattern.options = options ? strdup(options) : NULL;
	pattern.tree.fd = pattern.mounted_fd = -1;
	if (!pattern.path || (options && !pattern.options)) {
		free(pattern.path);
		free(pattern.options);
		return NULL;
	}
	plan->entries[plan->count] = pattern;
	return &plan->entries[plan->count++];
}

static void add(struct mount_plan *plan, struct start *start, const char *path, const char *options,
		struct mount_entry pattern)
{
	if (!mount_plan_add(plan, path, options, pattern))
		no_memory(start);
}

static void add_table(struct mount_plan *plan, struct start *start, struct mount_table table, const char *key)
{
	for (size_t i = 0; i < table.count; i++)
		add(plan, start, table.rows[i].path,
		    table.rows[i].source == MOUNT_TMPFS  ? "mode=0755"
		    : table.rows[i].source == MOUNT_TREE ? table.rows[i].path
							 : NULL,
		    (struct mount_entry){
			    .source = table.rows[i].source,
			    .read_only = table.rows[i].read_only,
			    .optional = true,
			    .from_root = true,
			    .recursive = true,
			    .make_target = table.rows[i].source == MOUNT_TREE,
			    .key = key,
		    });
}

/* '-' and '+' in front of a path, in any order. */
static const char *take_prefixes(const char *word, struct mount_entry *pattern)
{
	for (; *word == '-' || *word == '+'; word++)
		if (*word == '-')
			pattern->optional = true;
		else
			pattern->from_root = true;
	return word;
}

static void add_paths(struct mount_plan *plan, struct start *start, char *const *words, struct mount_entry pattern)
{
	for (; words && *words; words++) {
		struct mount_entry entry = pattern;
		const char *path = take_prefixes(*words, &entry);
		if (*path != '/')
			start_fail(start, SPAWN_STEP_NAMESPACE, EINVAL, "%s=%s", pattern.key, *words);
		add(plan, start, path, NULL, entry);
	}
}

/* Up to the next ':' that no backslash protects; *rest is NULL at the end. */
static char *next_part(char **rest)
{
	char *part = *rest, *from = part, *to = part;

	if (!part)
		return NULL;
	while (*from && *from != ':') {
		if (from[0] == '\\' && from[1] == ':')
			from++;
		*to++ = *from++;
	}
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return part;
}

static void add_binds(struct mount_plan *plan, struct start *start, char *const *words, enum choice read_only,
		      const char *key)
{
	for (; words && *words; words++) {
		struct mount_entry entry = {
			.source = MOUNT_TREE,
			.read_only = read_only,
			.from_root = true,
			.make_target = true,
			.recursive = true,
			.key = key,
		};
		char *copy = strdup(*words), *rest = copy;
		const char *source = next_part(&rest), *target = next_part(&rest), *option = next_part(&rest);

		if (!copy)
			no_memory(start);
		bool optional = *source == '-';
		source += optional;
		entry.optional = optional;
		if (option && strcmp(option, "norbind") == 0)
			entry.recursive = false;
		target = target && *target ? target : source;
		if (*source != '/' || *target != '/')
			start_fail(start, SPAWN_STEP_NAMESPACE, EINVAL, "%s=%s", key, *words);
		add(plan, start, target, source, entry);
		free(copy);
	}
}

static bool has_option(const char *options, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = options; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, option, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

static void add_temporary(struct mount_plan *plan, struct start *start)
{
	for (char *const *words = start->recipe.sandbox.paths.temporary; words && *words; words++) {
		char *copy = strdup(*words), *rest = copy;
		const char *path = next_part(&rest);

		if (!copy)
			no_memory(start);
		if (*path != '/')
			start_fail(start, SPAWN_STEP_NAMESPACE, EINVAL, "TemporaryFileSystem=%s", *words);
		add(plan, start, path, rest ? rest : "",
		    (struct mount_entry){
			    .source = MOUNT_TMPFS,
			    .read_only = has_option(rest, "ro") ? CHOSEN : NOT_CHOSEN,
			    .from_root = true,
			    .make_target = true,
			    .key = "TemporaryFileSystem",
		    });
		free(copy);
	}
}

static void add_place(struct mount_plan *plan, struct start *start, const char *path, const char *options,
		      enum mount_source source, const char *key)
{
	add(plan, start, path, options,
	    (struct mount_entry){
		    .source = source,
		    .read_only = NOT_CHOSEN,
		    .from_root = true,
		    .recursive = true,
		    .optional = true,
		    .make_target = source == MOUNT_TREE || source == MOUNT_TMPFS || source == MOUNT_QUEUES,
		    .key = key,
	    });
}

static void collect_tmp(struct mount_plan *plan, struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;

	if (recipe->sandbox.private_tmp == PRIVATE_TMP_CONNECTED && recipe->private_tmp) {
		add_place(plan, start, "/tmp", recipe->private_tmp, MOUNT_TREE, "PrivateTmp");
		add_place(plan, start, "/var/tmp", recipe->private_var_tmp, MOUNT_TREE, "PrivateTmp");
	} else if (recipe->sandbox.private_tmp) {
		add_place(plan, start, "/tmp", "mode=1777", MOUNT_TMPFS, "PrivateTmp");
		add_place(plan, start, "/var/tmp", "mode=1777", MOUNT_TMPFS, "PrivateTmp");
	}
}

static void collect_proc(struct mount_plan *plan, struct start *start)
{
	static const char *const hidden[PROTECT_PROC_COUNT] = {
		[PROTECT_PROC_NO_ACCESS] = "hidepid=noaccess",
		[PROTECT_PROC_INVISIBLE] = "hidepid=invisible",
		[PROTECT_PROC_PTRACEABLE] = "hidepid=ptraceable",
	};
	const struct sandbox *sandbox = &start->recipe.sandbox;
	const char *hide = hidden[sandbox->protect_proc];
	char options[64];

	if (!sandbox->protect_proc && !sandbox->proc_subset && !sandbox->private_pids)
		return;
	snprintf(options, sizeof options, "%s%s%s", hide ? hide : "", hide && sandbox->proc_subset ? "," : "",
		 sandbox->proc_subset ? "subset=pid" : "");
	add_place(plan, start, "/proc", options, MOUNT_PROC,
		  sandbox->protect_proc  ? "ProtectProc"
		  : sandbox->proc_subset ? "ProcSubset"
					 : "PrivatePIDs");
}

static void collect_api(struct mount_plan *plan, struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;

	if (!recipe->root_directory || (recipe->sandbox.mount_api_vfs_given && !recipe->sandbox.mount_api_vfs))
		return;
	add_place(plan, start, "/proc", "/proc", MOUNT_TREE, "MountAPIVFS");
	add_place(plan, start, "/sys", "/sys", MOUNT_TREE, "MountAPIVFS");
	add_place(plan, start, "/dev", "/dev", MOUNT_TREE, "MountAPIVFS");
	add_place(plan, start, "/run", "mode=0755", MOUNT_TMPFS, "MountAPIVFS");
}

static void collect_lists(struct mount_plan *plan, struct start *start)
{
	const struct sandbox_paths *paths = &start->recipe.sandbox.paths;

	add_paths(plan, start, paths->read_write,
		  (struct mount_entry){ .read_only = NOT_CHOSEN, .key = "ReadWritePaths" });
	add_paths(plan, start, paths->read_only, (struct mount_entry){ .read_only = CHOSEN, .key = "ReadOnlyPaths" });
	add_paths(plan, start, paths->inaccessible,
		  (struct mount_entry){ .source = MOUNT_NOTHING, .read_only = CHOSEN, .key = "InaccessiblePaths" });
	add_paths(plan, start, paths->exec, (struct mount_entry){ .no_exec = NOT_CHOSEN, .key = "ExecPaths" });
	add_paths(plan, start, paths->no_exec, (struct mount_entry){ .no_exec = CHOSEN, .key = "NoExecPaths" });
	add_binds(plan, start, paths->bind, NOT_CHOSEN, "BindPaths");
	add_binds(plan, start, paths->bind_read_only, CHOSEN, "BindReadOnlyPaths");
	add_temporary(plan, start);
}

/* RuntimeDirectory= and sisters stay writable; those of a made-up user lie where nobody else may look. */
static void collect_directories(struct mount_plan *plan, struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	static const char *const private[] = { "/var/lib/private", "/var/cache/private", "/var/log/private" };

	for (char *const *path = recipe->writable_directories; path && *path; path++)
		add(plan, start, *path, NULL,
		    (struct mount_entry){ .read_only = NOT_CHOSEN, .from_root = true, .key = "StateDirectory" });
	for (size_t i = 0; recipe->dynamic_user && i < sizeof private / sizeof *private; i++)
		for (char *const *path = recipe->writable_directories; path && *path; path++) {
			size_t length = strlen(private[i]);
			if (strncmp(*path, private[i], length) != 0 || (*path)[length] != '/')
				continue;
			add_place(plan, start, private[i], "mode=0755", MOUNT_TMPFS, "DynamicUser");
			plan->entries[plan->count - 1].read_only = CHOSEN;
			add_place(plan, start, *path, *path, MOUNT_TREE, "DynamicUser");
		}
}

void mount_plan_collect(struct mount_plan *plan, struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;

	add_table(plan, start, mount_table_system(sandbox->protect_system), "ProtectSystem");
	add_table(plan, start, mount_table_home(sandbox->protect_home), "ProtectHome");
	if (sandbox->protect_kernel_tunables)
		add_table(plan, start, mount_table_tunables(), "ProtectKernelTunables");
	if (sandbox->protect_kernel_modules)
		add_table(plan, start, mount_table_modules(), "ProtectKernelModules");
	if (sandbox->protect_kernel_logs)
		add_table(plan, start, mount_table_kernel_logs(), "ProtectKernelLogs");
	if (sandbox->protect_control_groups)
		add(plan, start, "/sys/fs/cgroup", NULL,
		    (struct mount_entry){
			    .read_only = CHOSEN, .optional = true, .from_root = true, .key = "ProtectControlGroups" });
	collect_api(plan, start);
	collect_proc(plan, start);
	if (sandbox->private_devices)
		add_table(plan, start, mount_table_devices(), "PrivateDevices");
	if (sandbox->private_ipc || sandbox->ipc_namespace_path)
		add_place(plan, start, "/dev/mqueue", NULL, MOUNT_QUEUES, "PrivateIPC");
	collect_tmp(plan, start);
	collect_directories(plan, start);
	collect_lists(plan, start);
	if (start->recipe.notify_socket) {
		add_place(plan, start, start->recipe.notify_socket, start->recipe.notify_socket, MOUNT_TREE,
			  "NotifyAccess");
		plan->entries[plan->count - 1].only_below_fresh = true;
	}
	if (start->recipe.credentials_directory) {
		add_place(plan, start, start->recipe.credentials_directory, "mode=0700", MOUNT_TMPFS, "LoadCredential");
		plan->entries[plan->count - 1].optional = false;
		plan->entries[plan->count - 1].read_only = CHOSEN;
	}
}
