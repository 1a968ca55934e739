/* RuntimeDirectory=, StateDirectory= and sisters of a unit: made before its programs run, runtime ones removed behind
 * them. */
#ifndef SVINIT_SERVICE_DIRECTORIES_H
#define SVINIT_SERVICE_DIRECTORIES_H

#include "supervisor/manager.h"
#include "supervisor/start_recipe.h"

/* Owned by the recipe's user. 0, or -errno with step and cause. */
int service_directories_make(struct manager *manager, const struct unit *unit, const struct start_recipe *recipe,
			     struct spawn_error *error, struct cause *cause);

/* Whether directories of the kind lie where nobody but the service may look, for its user is made up. */
bool service_directories_is_private(const struct start_recipe *recipe, enum exec_directory_kind kind);
/* Who has the first such directory of the unit, from an earlier run; (uid_t) -1: nobody. */
uid_t service_directories_owner(const struct manager *manager, const struct unit *unit);

/* The place of credentials, if the unit has any. 0, or -errno with the cause. */
int service_directories_make_credentials(struct manager *manager, const struct unit *unit, struct cause *cause);

/* Removes runtime directories, unless RuntimeDirectoryPreserve= keeps them (`restarting`: the unit starts again at
 * once). */
void service_directories_remove(struct manager *manager, const struct unit *unit, bool restarting);

#endif
