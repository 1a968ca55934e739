/*
 * Descriptors by name: those that the next svinit on this runtime directory is to have, whatever becomes of this one.
 * Whoever owns such a descriptor puts it here when it is made, and asks here before it makes one.
 *
 * They go by name into the saved state, stay open over a re-exec or a crash, and those that mean something to another
 * process too stand in svlog's vault for the case that svinit is killed.
 *
 *     "control", "notify", "log.near", …      svinit's own
 *     "KIND UNIT NAME"                        a unit's: "socket web.socket 0", "store db.service cache"
 */
#ifndef SVINIT_KEEPSAKE_H
#define SVINIT_KEEPSAKE_H

#include "supervisor/manager.h"

enum { KEEPSAKE_NAME_MAX = 511, KEEPSAKES_MAX = 65536 };

/* Where a keepsake may go. */
enum keepsake_reach {
	KEEPSAKE_OWN,   /* over a re-exec, and no further */
	KEEPSAKE_VAULT, /* into the vault too */
};

/*
 * `fd` stays the owner's, who calls keepsake_drop() before he closes it. A name is there once: a new descriptor takes
 * the place of the old. 0, -ENOMEM, -E2BIG; without its copy the descriptor is as good, but ends with this svinit.
 */
int keepsake_put(struct manager *manager, const char *name, int fd, enum keepsake_reach reach);
/* Nothing where there is none. */
void keepsake_drop(struct manager *manager, const char *name);
/* What the last svinit left under this name, the caller's from then on; -1: nothing. */
int keepsake_take(struct manager *manager, const char *name);

/* The last svinit left this; takes `fd` over. */
void keepsake_leave(struct manager *manager, const char *name, int fd);
/* Nobody wants what is left of that: it is closed. */
void keepsake_close_left(struct manager *manager);
/* Calls `each` for all that are kept. */
void keepsake_each(const struct manager *manager,
		   void (*each)(void *context, const char *name, int fd, enum keepsake_reach reach), void *context);
/* Calls `each` for what was put, or dropped (fd -1), since this was last asked. */
void keepsake_each_changed(struct manager *manager, void (*each)(void *context, const char *name, int fd),
			   void *context);
void keepsake_finish(struct manager *manager);

#endif
