/* What every service finds in its environment besides what its unit says: set-environment of systemctl(1). */
#ifndef SVINIT_MANAGER_ENVIRONMENT_H
#define SVINIT_MANAGER_ENVIRONMENT_H

#include "supervisor/manager.h"

enum { MANAGER_ENVIRONMENT_MAX = 1024, MANAGER_ASSIGNMENT_MAX = 32768 };

/* "NAME=VALUE", with a name that can be one. -EINVAL, -E2BIG with a cause, -ENOMEM. */
int manager_environment_set(struct manager *manager, const char *assignment, struct cause *cause);
/* A name that is not set is none of its faults. -EINVAL with a cause for what can be no name. */
int manager_environment_unset(struct manager *manager, const char *name, struct cause *cause);
/*
 * A new list of all of it, for services of units that say nothing: a user's svinit passes its own on, root's has PATH,
 * LANG and what was set. NULL when out of memory; the caller frees.
 */
char **manager_environment_list(const struct manager *manager);

#endif
