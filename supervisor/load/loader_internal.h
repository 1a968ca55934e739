/* What a loader is made of; for the files of this folder alone. */
#ifndef SVINIT_LOAD_LOADER_INTERNAL_H
#define SVINIT_LOAD_LOADER_INTERNAL_H

#include <limits.h>

#include "common/unit_name.h"
#include "supervisor/load/directory_index.h"
#include "supervisor/load/host_facts.h"
#include "supervisor/load/loader.h"
#include "supervisor/load/text_file.h"
#include "supervisor/load/unit_load.h"

struct loader {
	struct loader_settings settings; /* own copies */
	struct directory_index index;
	struct host_facts facts;
	struct text_file file; /* read into again and again */
	unsigned batches;
	uint64_t now; /* realtime µs at which the batch began */
	bool explain; /* tell of every key that does not simply hold */
};

/* Where a unit's definition is. */
struct fragment {
	char name[UNIT_NAME_MAX + 1]; /* the unit's own, behind all aliases */
	char path[PATH_MAX];          /* "" : no file */
	int directory;                /* which the path lies in, open; or AT_FDCWD */
	bool masked;                  /* by a link to /dev/null */
	const char *problem;          /* why a file that is there is not used; NULL */
};

/* Follows aliases and falls back to templates. Needs the index. */
void fragment_find(const struct directory_index *index, const char *name, struct fragment *fragment);

/* Finds all the links that are aliases. -ENOMEM. */
int aliases_build(struct directory_index *index);

/* Reads NAME.d/….conf of all kinds. -ENOMEM. */
int load_drop_ins(struct unit_load *load);
/* Adds what NAME.wants/ and its sisters hold, and the names under which links make the unit known. -ENOMEM. */
int load_link_directories(struct unit_load *load);
int load_aliases(struct unit_load *load);
/* Calls `each` for a unit's names in directories: its own, its template's. */
int load_each_name(const char *name, int (*each)(void *context, const char *name), void *context);
/* Likewise for all that NAME stands for in NAME.d/: also aliases, prefixes ("foo-.service") and the type. */
int load_each_drop_in_name(const struct unit_definition *definition, int (*each)(void *context, const char *name),
			   void *context);

/* A file of the unit into loader->file, and through the parser. Bad files end in load_state, not in the result. */
int load_read_file(struct unit_load *load, int directory, const char *path, bool *masked);

/* Whether it stands for a packaged file whose meaning lies in a program of systemd's own. */
bool builtin_unit_replaces(const char *name, const char *path);
/* The relations of targets that need no file. */
int load_builtin(struct unit_load *load);

/* A device without a file of its own, and what every mount unit needs (presence.c). -ENOMEM. */
int load_device(struct unit_load *load);
int load_root_mount(struct unit_load *load);
int load_mount_presence(struct unit_load *load);

/* Whether a file lies where packages put theirs, below whatever root. */
bool load_is_packaged(const char *path);
/* Whether a name stands for the service that runs the generators of packages, and that service. */
bool generators_apply(const struct loader *loader, const char *name);
int load_generators(struct unit_load *load);
/* An init script as a unit, where it is asked for and there is one (sysv_script.c). -ENOMEM. */
int load_sysv_script(struct unit_load *load, bool *found);
/* What the start links of the run levels make multi-user.target want. -ENOMEM. */
int load_sysv_links(struct unit_load *load);

/* Why a unit of systemd's own is left out; NULL for all others. */
const char *left_out_reason(const struct unit_definition *definition);

#endif
