/*
 * The directories that a service is given: RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=,
 * ConfigurationDirectory= of systemd.exec(5). All by descriptor and without following links, for others may write
 * beside them.
 */
#ifndef SVINIT_OS_EXEC_DIRECTORY_H
#define SVINIT_OS_EXEC_DIRECTORY_H

#include <sys/types.h>

#include "common/cause.h"

enum { EXEC_DIRECTORY_DEPTH_MAX = 64, EXEC_DIRECTORY_REMOVE_MAX = 100000 };

/* Where a name is made, and how. Parents inside of NAME are made with mode 0755 and stay svinit's. */
struct exec_directory_recipe {
	const char *base; /* "/run", "/var/lib", …; is made if it is missing */
	const char *name; /* "NAME", "NAME/BELOW" */
	mode_t mode;
	uid_t uid; /* (uid_t) -1: not changed; likewise the group */
	gid_t gid;
};

/* Makes it, or gives one that is there the mode and owner (of itself, not of what is in it). 0 or -errno. */
int exec_directory_make(const struct exec_directory_recipe *recipe, struct cause *cause);
/* NAME:SYMLINK: makes BASE/SYMLINK point to NAME; what else stands there stays and fails. 0 or -errno. */
int exec_directory_link(const char *base, const char *name, const char *symlink, struct cause *cause);
/*
 * Removes NAME and all in it, not its parents; 0 also when it is not there. Other file systems mounted in it are left.
 * -EAGAIN: EXEC_DIRECTORY_REMOVE_MAX entries were removed and there are more: call again.
 */
int exec_directory_remove(const char *base, const char *name, struct cause *cause);

#endif
