/*
 * What svinit keeps of a unit that is started through svexec: which of its keys do not hold, starts that svexec has not
 * reported on yet, and the namespaces that its commands share with each other and with units that join them.
 */
#ifndef SVINIT_SANDBOX_STATE_H
#define SVINIT_SANDBOX_STATE_H

#include "supervisor/manager.h"

struct pending_start;

/* Shared by reference between the units that JoinsNamespaceOf= names. */
struct shared_namespaces {
	unsigned references;
	int network[2], ipc[2]; /* socket pairs, see exec/shared_namespace.h; -1: not needed yet */
	char *tmp, *var_tmp;    /* directories behind PrivateTmp=; NULL: not needed yet */
};

struct sandbox_state {
	struct pending_start *pending[ROLE_COUNT];
	struct shared_namespaces *shared;
	char **not_enforced; /* "KEY=: why", of the present invocation */
	char invocation_id[33];
	char *dynamic_name; /* DynamicUser=: whose number is held; NULL: none */
	uid_t dynamic_uid;
	int dynamic_fd;
};

/* The unit's own, made at first use; NULL when out of memory. */
struct sandbox_state *sandbox_state_get(struct unit_runtime *runtime);
/* A new invocation forgets what the last one was told. */
void sandbox_state_begin(struct sandbox_state *state, const char *invocation_id);
/* Those of a unit that this one joins, or the unit's own. NULL when out of memory. */
struct shared_namespaces *sandbox_state_share(struct manager *manager, const struct unit *unit);
/* Opens a pair that is not open yet. 0 or -errno. */
int shared_namespaces_open(int pair[2]);

/* The number of a user made up for the unit, taken if it has none; units with the same name share it. 0 or -errno. */
int sandbox_state_take_user(struct manager *manager, const struct unit *unit, const char *name, uid_t *uid,
			    struct cause *cause);

/* The unit is down: namespaces nobody shares any more go, and the directories behind PrivateTmp=. */
void sandbox_state_release(struct manager *manager, const struct unit *unit);
void sandbox_state_destroy_all(struct manager *manager);

#endif
