#include "supervisor/sandbox_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/os/dynamic_user.h"
#include "supervisor/sandbox_start.h"
#include "supervisor/service_directories.h"
#include "supervisor/unit_runtime.h"

/* One place for the whole machine, whatever runtime directory an svinit has. */
#define DYNAMIC_USERS "/run/svinit/dynamic-uid"

struct sandbox_state *sandbox_state_get(struct unit_runtime *runtime)
{
	if (!runtime->sandbox)
		runtime->sandbox = calloc(1, sizeof *runtime->sandbox);
	return runtime->sandbox;
}

void sandbox_state_begin(struct sandbox_state *state, const char *invocation_id)
{
	if (strcmp(state->invocation_id, invocation_id) == 0)
		return;
	memcpy(state->invocation_id, invocation_id, sizeof state->invocation_id);
	string_list_clear(&state->not_enforced);
}

static struct shared_namespaces *create_shared(void)
{
	struct shared_namespaces *shared = calloc(1, sizeof *shared);

	if (!shared)
		return NULL;
	for (int i = 0; i < 2; i++)
		shared->network[i] = shared->ipc[i] = -1;
	return shared;
}

struct join {
	struct manager *manager;
	struct shared_namespaces *found;
};

static bool look_at(void *context, const struct edge_view *edge)
{
	struct join *join = context;

	if (edge->kind != DEPENDENCY_JOINS_NAMESPACE_OF)
		return true;
	const struct unit_runtime *other = unit_runtime_find(join->manager, edge->other);
	join->found = other && other->sandbox ? other->sandbox->shared : NULL;
	return !join->found;
}

struct shared_namespaces *sandbox_state_share(struct manager *manager, const struct unit *unit)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	struct sandbox_state *state = runtime ? sandbox_state_get(runtime) : NULL;
	struct join join = { .manager = manager };

	if (!state || state->shared)
		return state ? state->shared : NULL;
	core_each_edge(manager->core, unit->id, look_at, &join);
	state->shared = join.found ? join.found : create_shared();
	if (state->shared)
		state->shared->references++;
	return state->shared;
}

int shared_namespaces_open(int pair[2])
{
	if (pair[0] >= 0)
		return 0;
	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static void release_shared(struct manager *manager, struct sandbox_state *state)
{
	struct shared_namespaces *shared = state->shared;

	state->shared = NULL;
	if (!shared || --shared->references > 0)
		return;
	close_pair(shared->network);
	close_pair(shared->ipc);
	if (shared->tmp && manager)
		sandbox_start_remove(manager, (const char *const[]){ shared->tmp, shared->var_tmp, NULL });
	free(shared->tmp);
	free(shared->var_tmp);
	free(shared);
}

static int take_number(struct manager *manager, struct sandbox_state *state, const struct unit *unit, const char *name,
		       struct cause *cause)
{
	for (uint32_t i = 0; i < manager->runtime_count; i++) {
		const struct sandbox_state *other = manager->runtimes[i] ? manager->runtimes[i]->sandbox : NULL;
		if (!other || !other->dynamic_name || strcmp(other->dynamic_name, name) != 0)
			continue;
		state->dynamic_uid = other->dynamic_uid;
		int fd = fcntl(other->dynamic_fd, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? cause_set_errno(cause, errno, "user %s", name) : fd;
	}
	return dynamic_user_take(DYNAMIC_USERS, name, service_directories_owner(manager, unit), &state->dynamic_uid,
				 cause);
}

int sandbox_state_take_user(struct manager *manager, const struct unit *unit, const char *name, uid_t *uid,
			    struct cause *cause)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);
	struct sandbox_state *state = runtime ? sandbox_state_get(runtime) : NULL;

	if (!state)
		return cause_set(cause, ENOMEM, "out of memory");
	if (!state->dynamic_name) {
		int fd = take_number(manager, state, unit, name, cause);
		if (fd < 0)
			return fd;
		state->dynamic_name = strdup(name);
		if (!state->dynamic_name) {
			dynamic_user_release(DYNAMIC_USERS, state->dynamic_uid, fd);
			return cause_set(cause, ENOMEM, "out of memory");
		}
		state->dynamic_fd = fd;
	}
	*uid = state->dynamic_uid;
	return 0;
}

static bool is_shared(const struct manager *manager, const struct sandbox_state *state)
{
	for (uint32_t i = 0; i < manager->runtime_count; i++) {
		const struct sandbox_state *other = manager->runtimes[i] ? manager->runtimes[i]->sandbox : NULL;
		if (other && other != state && other->dynamic_name && other->dynamic_uid == state->dynamic_uid)
			return true;
	}
	return false;
}

static void release_user(const struct manager *manager, struct sandbox_state *state)
{
	if (!state->dynamic_name)
		return;
	if (manager && is_shared(manager, state))
		close(state->dynamic_fd);
	else
		dynamic_user_release(DYNAMIC_USERS, state->dynamic_uid, state->dynamic_fd);
	free(state->dynamic_name);
	state->dynamic_name = NULL;
}

void sandbox_state_release(struct manager *manager, const struct unit *unit)
{
	struct unit_runtime *runtime = unit_runtime_find(manager, unit->id);

	if (!runtime || !runtime->sandbox)
		return;
	release_shared(manager, runtime->sandbox);
	release_user(manager, runtime->sandbox);
}

static void destroy(struct unit_runtime *runtime)
{
	if (!runtime->sandbox)
		return;
	release_shared(NULL, runtime->sandbox);
	release_user(NULL, runtime->sandbox);
	string_list_free(runtime->sandbox->not_enforced);
	free(runtime->sandbox);
	runtime->sandbox = NULL;
}

void sandbox_state_destroy_all(struct manager *manager)
{
	for (uint32_t i = 0; i < manager->runtime_count; i++)
		if (manager->runtimes[i])
			destroy(manager->runtimes[i]);
}
