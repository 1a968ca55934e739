/*
 * The unit directories of one scope (the machine's, all users', one user's), for what works on unit files and links
 * rather than on units: where a file is, whether it is enabled, where links go.
 */
#ifndef SVINIT_LOAD_UNIT_DIRECTORIES_H
#define SVINIT_LOAD_UNIT_DIRECTORIES_H

#include <limits.h>
#include <stdbool.h>

#include "common/unit_name.h"

enum unit_scope { UNIT_SCOPE_SYSTEM, UNIT_SCOPE_GLOBAL, UNIT_SCOPE_USER };

/* A zeroed value has no directories. */
struct unit_directories {
	enum unit_scope scope;
	char *root;                /* --root=: what all paths are below; "" */
	char **paths;              /* highest precedence first, without the root */
	char *persistent;          /* where enable, mask and edit write: one of the paths */
	char *runtime;             /* likewise with --runtime */
	const char *run_directory; /* of the paths: what lies there starts by itself; NULL */
};

/* The default paths of a scope. -ENOMEM; -ENXIO: $HOME or $XDG_RUNTIME_DIR is needed and not set. */
int unit_directories_init(struct unit_directories *directories, enum unit_scope scope, const char *root);
void unit_directories_finish(struct unit_directories *directories);

/* Writes root and path; false when that is too long. */
bool unit_directories_on_disk(const struct unit_directories *directories, const char *path, char to[PATH_MAX]);
/* Whether a path lies right in one of the directories. */
bool unit_directories_hold(const struct unit_directories *directories, const char *path);
/* Whether what lies in this directory is gone after a reboot. */
bool unit_directory_is_runtime(const struct unit_directories *directories, const char *path);

/* Where a unit's file is; nothing is read but links. */
struct unit_file {
	char name[UNIT_NAME_MAX + 1]; /* behind aliases; an instance keeps its own */
	char path[PATH_MAX];          /* without the root; of a template for an instance */
	bool masked;                  /* path is what masks it */
};

/* 0; -ENOENT; -ELOOP; -ENAMETOOLONG; -EINVAL for what is no name of a unit. */
int unit_file_find(const struct unit_directories *directories, const char *name, struct unit_file *file);

/* Where the text of a link leads that lies in a directory: an absolute path without "." and "..". */
bool link_destination(const char *directory, const char *link, char to[PATH_MAX]);

#endif
