/*
 * Who may do what over the control socket. root and svinit's own user may do everything; everybody else what a grant
 * in the [Control] section of RDIR/svinit.conf or /etc/svinit/svinit.conf says:
 *
 *     Allow=METHOD[,METHOD…] UNITGLOB user:NAME|group:NAME
 *
 * METHOD is a method of org.svinit.Supervisor, "read" (all that only look) or "*". What concerns no single unit
 * (DaemonReload, Shutdown, …) needs the unit glob "*".
 */
#ifndef SVINIT_PERMISSION_H
#define SVINIT_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/cause.h"

enum { PERMISSION_GRANTS_MAX = 256, PERMISSION_FILE_MAX = 64 << 10 };

struct permission_grant {
	char *methods; /* "Start,Stop" */
	char *units;   /* glob */
	bool group;    /* id is a gid */
	id_t id;
};

/* A zeroed value grants nothing. */
struct permission_list {
	struct permission_grant *grants;
	size_t count;
};

struct permission_peer {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t group_count;
};

/* Adds one grant, the value of an Allow= line. -EINVAL with the words for the user, -ESRCH, -E2BIG, -ENOMEM. */
int permission_list_add(struct permission_list *list, const char *line, struct cause *cause);
/*
 * Adds the grants of a file; one that is not there adds none. The file must belong to root or svinit's user and be
 * writable by nobody else. A bad line fails with FILE:LINE; grants above it then stand in the list.
 */
int permission_list_read(struct permission_list *list, const char *path, struct cause *cause);
void permission_list_finish(struct permission_list *list);

/* root and svinit's own user. */
bool permission_is_all(const struct permission_peer *peer);
/*
 * Whether the peer may use the method on the unit. unit NULL: on every unit, and on svinit itself. `reads`: the
 * method only looks.
 */
bool permission_allows(const struct permission_list *list, const struct permission_peer *peer, const char *method,
		       bool reads, const char *unit);
/* Whether the peer may use the method on some unit or other. */
bool permission_allows_somewhere(const struct permission_list *list, const struct permission_peer *peer,
				 const char *method, bool reads);
/* Whether any grant at all is for this peer. */
bool permission_knows(const struct permission_list *list, const struct permission_peer *peer);

#endif
