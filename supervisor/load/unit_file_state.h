/* Whether a unit file is enabled, by the links that there are: the states of systemctl(1), is-enabled. */
#ifndef SVINIT_LOAD_UNIT_FILE_STATE_H
#define SVINIT_LOAD_UNIT_FILE_STATE_H

#include <stddef.h>

#include "supervisor/core/unit.h"
#include "supervisor/load/unit_directories.h"

enum unit_file_state {
	UNIT_FILE_ENABLED,
	UNIT_FILE_ENABLED_RUNTIME,
	UNIT_FILE_LINKED,
	UNIT_FILE_LINKED_RUNTIME,
	UNIT_FILE_ALIAS,
	UNIT_FILE_MASKED,
	UNIT_FILE_MASKED_RUNTIME,
	UNIT_FILE_STATIC,
	UNIT_FILE_DISABLED,
	UNIT_FILE_INDIRECT,
	UNIT_FILE_GENERATED,
	UNIT_FILE_TRANSIENT,
	UNIT_FILE_BAD,
	UNIT_FILE_STATE_COUNT,
};

const char *unit_file_state_name(enum unit_file_state state); /* "enabled", "enabled-runtime", … */

/* A symbolic link in a unit directory, or in a directory NAME.wants, .requires or .upholds there. */
struct install_link {
	char *name;
	char *destination; /* as an absolute path; NULL in NAME.wants and its like, where it does not count */
	size_t directory;  /* in unit_directories.paths */
};

struct install_links {
	struct install_link *links;
	size_t count, capacity;
};

enum { INSTALL_LINKS_MAX = 1 << 18 };

/* Reads all links; directories that are not there are passed over. -ENOMEM; -E2BIG above INSTALL_LINKS_MAX. */
int install_links_read(struct install_links *links, const struct unit_directories *directories);
void install_links_finish(struct install_links *links);

/*
 * The state of a file that was found for `name`; `install` is its [Install] section, NULL without. A name that is but
 * an alias of the file's own is UNIT_FILE_ALIAS.
 */
enum unit_file_state unit_file_state(const struct unit_directories *directories, const struct install_links *links,
				     const char *name, const struct unit_file *file,
				     const struct install_options *install);

/* Whether enable would make any link for it. */
bool install_has_rules(const struct install_options *install);

#endif
