/* The environment of one command of a service, made afresh for each start: systemd.exec(5), "Environment Variables". */
#ifndef SVINIT_SERVICE_ENVIRONMENT_H
#define SVINIT_SERVICE_ENVIRONMENT_H

#include "common/unit_name.h"
#include "supervisor/granted_descriptors.h"
#include "supervisor/manager.h"
#include "supervisor/os/user.h"

/* What an environment is made for. */
struct environment_request {
	const struct unit *unit;
	const struct service_definition *service;
	const struct unit_runtime *runtime;
	enum exec_phase phase;
	const struct user *user; /* NULL: svinit's own */
	const struct granted_descriptors *granted;
};

/*
 * A new NULL-terminated list, in systemd's order of precedence. Behind NAME=0000000000 placeholders for the child's
 * own pid stand pointers into the list in `pid_variables` (at most 4, NULL-terminated). -ENOMEM, or the errno of an
 * EnvironmentFile= that must be there, with its path in the cause. The caller frees each string and the list.
 */
int service_environment_make(const struct manager *manager, const struct environment_request *request,
			     char ***environment, char *pid_variables[5], struct cause *cause);

/* Where NAME= directories of a kind live: "/run", "/var/lib", … or the user's own. Static or svinit's own environment.
 */
const char *service_environment_directory_root(const struct manager *manager, enum exec_directory_kind kind);

/* The name below the runtime directory's root of where the service finds its credentials; NULL: it has none. */
const char *service_environment_credentials(const struct unit *unit, char name[UNIT_NAME_MAX + 16]);

#endif
