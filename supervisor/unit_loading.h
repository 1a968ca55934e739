/* From names to units in the core: what a name refers to is loaded with it, and what that refers to, and so on. */
#ifndef SVINIT_UNIT_LOADING_H
#define SVINIT_UNIT_LOADING_H

#include "supervisor/manager.h"

/* A loader over the search path that the options give; reports go to the log if it is to `tell`. 0 or -errno. */
int unit_loading_create_loader(struct manager *manager, bool tell, struct loader **loader, struct cause *cause);

/* Loads one unit (if it is not there yet) without what it refers to; for a batch that unit_loading_close() ends. */
int unit_loading_add(struct manager *manager, const char *name, unit_id *id, struct cause *cause);

/* Loads everything that is referred to and not loaded yet, and resolves the edges. */
int unit_loading_close(struct manager *manager, struct cause *cause);

/*
 * Loads what svinit is to bring up and asks the core to start it: --target, or all of the run directories and,
 * without --units, default.target. 0 or -errno for what keeps svinit from being of any use.
 */
int unit_loading_boot(struct manager *manager, struct cause *cause);
/*
 * Before it, on a system's own search path: starts the service of the generators of packages. False: there are none, or
 * nobody wants them. When its job is answered, unit_loading_boot() is due.
 */
bool unit_loading_generate(struct manager *manager);

#endif
