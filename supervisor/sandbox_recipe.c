/* From a recipe that spawn() could execute to one that svexec gets. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/exec_recipe.h"
#include "common/string_list.h"
#include "supervisor/load/environment.h"
#include "supervisor/load/expand.h"
#include "supervisor/os/capabilities.h"
#include "supervisor/sandbox_start.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/service_directories.h"
#include "supervisor/service_environment.h"
#include "supervisor/unit_runtime.h"

enum { FIRST_FD = 3 };

bool sandbox_start_is_needed(const struct start_recipe *recipe, const struct unit *unit,
			     const struct exec_command *command, bool user_mode)
{
	const struct exec_options *exec = unit->definition->service->exec;

	if (recipe->unknown_user || recipe->unknown_group)
		return true;
	if (command->flags & EXEC_FULLY_PRIVILEGED)
		return false;
	return (exec->sandbox && sandbox_is_wanted(exec->sandbox)) || (recipe->spawn.root_directory && !user_mode);
}

static int fail(struct spawn_error *error, enum spawn_step step, int number)
{
	*error = (struct spawn_error){ .step = step, .error = number, .exit_status = spawn_step_exit_status(step) };
	return -number;
}

static void copy_privileges(const struct spawn_recipe *spawn, struct exec_recipe *to)
{
	to->set_ids = spawn->set_ids;
	to->uid = spawn->uid;
	to->gid = spawn->gid;
	to->groups = (gid_t *)spawn->groups;
	to->group_count = spawn->group_count;
	to->root_directory = (char *)spawn->root_directory;
	to->working_directory = (char *)spawn->working_directory;
	to->working_directory_missing_ok = spawn->working_directory_missing_ok;
	to->bounding_set_given = spawn->bounding_set_given;
	to->bounding_set = spawn->bounding_set;
	to->ambient_set = spawn->ambient_set;
	to->secure_bits = spawn->secure_bits;
	to->no_new_privileges = spawn->no_new_privileges;
	to->limit_count = spawn->limit_count < EXEC_RECIPE_LIMITS_MAX ? spawn->limit_count : EXEC_RECIPE_LIMITS_MAX;
	for (size_t i = 0; i < to->limit_count; i++)
		to->limits[i] = (struct exec_recipe_limit){ .resource = spawn->limits[i].resource,
							    .value = spawn->limits[i].value };
}

/* Names of directories that PrivateTmp= shows as /tmp: nobody can guess them. */
static int name_tmp(struct shared_namespaces *shared, const char *invocation_id, const char *unit)
{
	if (shared->tmp)
		return 0;
	if (asprintf(&shared->tmp, "/tmp/svinit-private-%s-%.100s", invocation_id, unit) < 0 ||
	    asprintf(&shared->var_tmp, "/var/tmp/svinit-private-%s-%.100s", invocation_id, unit) < 0)
		return -ENOMEM;
	return 0;
}

struct wrapping {
	struct manager *manager;
	const struct unit *unit;
	struct start_recipe *recipe;
	struct exec_recipe packed;
	char tmp[512], var_tmp[512];
	char **pid_variables;
};

static int share_namespaces(struct wrapping *wrapping)
{
	const struct sandbox *sandbox = &wrapping->packed.sandbox;
	bool wants_tmp = sandbox->private_tmp == PRIVATE_TMP_CONNECTED;
	struct shared_namespaces *shared = NULL;
	int r = 0;

	if (!sandbox->private_network && !sandbox->private_ipc && !wants_tmp)
		return 0;
	shared = sandbox_state_share(wrapping->manager, wrapping->unit);
	if (!shared)
		return -ENOMEM;
	if (sandbox->private_network)
		r = shared_namespaces_open(shared->network);
	if (r == 0 && sandbox->private_ipc)
		r = shared_namespaces_open(shared->ipc);
	if (r == 0 && wants_tmp)
		r = name_tmp(shared, unit_runtime_find(wrapping->manager, wrapping->unit->id)->invocation_id,
			     wrapping->unit->definition->name);
	if (r < 0)
		return r;
	wrapping->packed.has_shared_network = sandbox->private_network;
	wrapping->packed.has_shared_ipc = sandbox->private_ipc;
	if (wants_tmp) {
		snprintf(wrapping->tmp, sizeof wrapping->tmp, "%s/tmp", shared->tmp);
		snprintf(wrapping->var_tmp, sizeof wrapping->var_tmp, "%s/tmp", shared->var_tmp);
		wrapping->packed.private_tmp = wrapping->tmp;
		wrapping->packed.private_var_tmp = wrapping->var_tmp;
	}
	return 0;
}

/* RuntimeDirectory= and sisters, absolute. */
static int list_directories(struct wrapping *wrapping)
{
	const struct exec_options *exec = wrapping->unit->definition->service->exec;
	int r = 0;

	for (int kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		const char *base = service_environment_directory_root(wrapping->manager, kind);
		for (char **name = exec->directories[kind].names; base && name && *name && r == 0; name++) {
			char *path = NULL;
			bool private = service_directories_is_private(wrapping->recipe, kind);
			if (asprintf(&path, "%s%s/%.*s", base, private ? "/private" : "", (int)strcspn(*name, ":"),
				     *name) < 0)
				return -ENOMEM;
			if (kind != DIRECTORY_CONFIGURATION && (wrapping->recipe->unknown_user || private))
				r = string_list_append(&wrapping->packed.owned_directories, path);
			if (r == 0)
				r = string_list_take(&wrapping->packed.writable_directories, path);
			else
				free(path);
		}
	}
	return r;
}

static int fill(struct wrapping *wrapping)
{
	const struct spawn_recipe *spawn = &wrapping->recipe->spawn;
	struct exec_recipe *to = &wrapping->packed;
	struct sandbox *sandbox = wrapping->unit->definition->service->exec->sandbox;

	copy_privileges(spawn, to);
	if (sandbox && !wrapping->recipe->without_sandbox)
		to->sandbox = *sandbox;
	to->dynamic_user = wrapping->recipe->dynamic_user;
	to->granted_fds = (uint32_t)spawn->extra_fd_count;
	to->user_mode = wrapping->manager->options.user_mode;
	to->path = (char *)spawn->path;
	to->search_path = (char *)spawn->search_path;
	to->argv = (char **)spawn->argv;
	to->environment = (char **)spawn->envp;
	to->pid_variables = spawn->pid_variables;
	to->unit = wrapping->unit->definition->name;
	to->credentials_directory = (char *)environment_get(to->environment, "CREDENTIALS_DIRECTORY");
	to->user_name = (char *)wrapping->recipe->unknown_user;
	to->group_name = (char *)wrapping->recipe->unknown_group;
	const char *directory = wrapping->unit->definition->service->exec->working_directory;
	to->working_directory_is_home = directory && *directory == '~';
	to->has_cgroup = spawn->cgroup_fd >= 0;
	if (environment_get(to->environment, "NOTIFY_SOCKET"))
		to->notify_socket = wrapping->manager->notify_path;
	int r = list_directories(wrapping);
	return r < 0 ? r : share_namespaces(wrapping);
}

static int put_into_memory(const struct exec_recipe *packed)
{
	char *data = NULL;
	size_t length = 0;
	int r = exec_recipe_pack(packed, &data, &length);
	int fd = r < 0 ? r : memfd_create("recipe", MFD_CLOEXEC);

	if (r == 0 && fd < 0)
		fd = -errno;
	if (fd >= 0 && write(fd, data, length) != (ssize_t)length) {
		close(fd);
		fd = -EIO;
	}
	free(data);
	return fd;
}

/* Behind the descriptors the service is granted: recipe, reports, cgroup, the shared namespaces. */
static int list_descriptors(struct wrapping *wrapping, struct sandbox_line *line)
{
	const struct spawn_recipe *spawn = &wrapping->recipe->spawn;
	const struct shared_namespaces *shared =
		unit_runtime_find(wrapping->manager, wrapping->unit->id)->sandbox->shared;
	size_t count = spawn->extra_fd_count;

	line->fds = reallocarray(NULL, count + SANDBOX_FDS_MAX, sizeof *line->fds);
	if (!line->fds)
		return -ENOMEM;
	if (count)
		memcpy(line->fds, spawn->extra_fds, count * sizeof *line->fds);
	line->fds[count++] = line->recipe_fd;
	line->fds[count++] = line->reports[1];
	if (wrapping->packed.has_cgroup)
		line->fds[count++] = spawn->cgroup_fd;
	for (int i = 0; i < 2 && wrapping->packed.has_shared_network; i++)
		line->fds[count++] = shared->network[i];
	for (int i = 0; i < 2 && wrapping->packed.has_shared_ipc; i++)
		line->fds[count++] = shared->ipc[i];
	line->fd_count = count;
	return 0;
}

static int open_line(struct wrapping *wrapping, struct sandbox_line *line)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, line->reports) < 0)
		return -errno;
	line->recipe_fd = put_into_memory(&wrapping->packed);
	if (line->recipe_fd < 0)
		return line->recipe_fd;
	return list_descriptors(wrapping, line);
}

/* What svexec does itself, spawn() does not; who it runs as until then is us. */
static void replace_program(struct wrapping *wrapping, struct sandbox_line *line)
{
	struct start_recipe *recipe = wrapping->recipe;
	struct spawn_recipe *spawn = &recipe->spawn;
	const char *own = getenv("CREDENTIALS_DIRECTORY");

	snprintf(line->first_fd, sizeof line->first_fd, "%zu", FIRST_FD + spawn->extra_fd_count);
	line->argv[0] = "svexec";
	line->argv[1] = line->first_fd;
	if (own && wrapping->packed.sandbox.load_credentials &&
	    (size_t)snprintf(line->credentials, sizeof line->credentials, "CREDENTIALS_DIRECTORY=%s", own) <
		    sizeof line->credentials)
		line->envp[0] = line->credentials;
	spawn->path = wrapping->manager->options.sandbox_program;
	spawn->argv = line->argv;
	spawn->envp = line->envp;
	spawn->pid_variables = NULL;
	spawn->extra_fds = line->fds;
	spawn->extra_fd_count = line->fd_count;
	spawn->set_ids = false;
	spawn->root_directory = NULL;
	spawn->working_directory = NULL;
	spawn->limit_count = 0;
	spawn->bounding_set_given = false;
	spawn->ambient_set = 0;
	spawn->secure_bits = -1;
	spawn->no_new_privileges = false;
	spawn->new_pid_namespace = wrapping->packed.sandbox.private_pids && capabilities_have(CAP_SYS_ADMIN);
}

static int note_private_pids(struct wrapping *wrapping, struct sandbox_state *state)
{
	if (!wrapping->packed.sandbox.private_pids || wrapping->recipe->spawn.new_pid_namespace)
		return 0;
	if (wrapping->packed.sandbox.required)
		return -EPERM;
	return string_list_append(&state->not_enforced, "PrivatePIDs=: it takes CAP_SYS_ADMIN");
}

int sandbox_start_wrap(struct manager *manager, const struct unit *unit, struct start_recipe *recipe,
		       struct spawn_error *error, struct cause *cause)
{
	struct wrapping wrapping = { .manager = manager, .unit = unit, .recipe = recipe };
	struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	struct sandbox_state *state = sandbox_state_get(runtime);
	const char *program = manager->options.sandbox_program;

	if (!state)
		return fail(error, SPAWN_STEP_FORK, ENOMEM);
	if (access(program, X_OK) < 0) {
		int number = errno;
		cause_set_errno(cause, number, "%s, which makes sandboxes, is not installed", program);
		return fail(error, SPAWN_STEP_SANDBOX, number);
	}
	sandbox_state_begin(state, runtime->invocation_id);
	int r = service_directories_make_credentials(manager, unit, cause);
	if (r < 0)
		return fail(error, SPAWN_STEP_CREDENTIALS, -r);
	r = fill(&wrapping);
	if (r == 0)
		r = open_line(&wrapping, &recipe->line);
	if (r == 0) {
		replace_program(&wrapping, &recipe->line);
		r = note_private_pids(&wrapping, state);
	}
	string_list_free(wrapping.packed.owned_directories);
	string_list_free(wrapping.packed.writable_directories);
	return r < 0 ? fail(error, SPAWN_STEP_SANDBOX, -r) : 0;
}
