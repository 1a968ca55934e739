/* Users and groups, without letting a slow name service hold up PID 1: /etc/passwd and /etc/group are read directly. */
#ifndef SVINIT_OS_USER_H
#define SVINIT_OS_USER_H

#include <stddef.h>
#include <sys/types.h>

#include "common/cause.h"

enum { USER_GROUPS_MAX = 256 };

struct user {
	uid_t uid;
	gid_t gid; /* the primary group */
	char name[64];
	char home[256];
	char shell[128];
	gid_t groups[USER_GROUPS_MAX]; /* supplementary ones by /etc/group, the primary one included */
	size_t group_count;
};

/* `name` may be a number. -ESRCH with a cause that names the nearest user when there is none. */
int user_find(const char *name, struct user *user, struct cause *cause);
int group_find(const char *name, gid_t *gid, struct cause *cause);

#endif
