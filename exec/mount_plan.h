/*
 * Which places of the file system a service sees otherwise than svinit does: a list of entries, parents before what
 * lies in them, one for each place. Made from the recipe (mount_plan.c) with the tables of mount_tables.c, attached by
 * mounts.c.
 */
#ifndef SVEXEC_MOUNT_PLAN_H
#define SVEXEC_MOUNT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "exec/mount_call.h"
#include "exec/start.h"

/* What stands there. The later ones win where two are asked for in one place. */
enum mount_source {
	MOUNT_SELF, /* what stands there anyway, with other attributes */
	MOUNT_TREE, /* another place */
	MOUNT_QUEUES,
	MOUNT_PROC,
	MOUNT_DEVICES,
	MOUNT_TMPFS,
	MOUNT_NOTHING, /* what cannot be opened */
};

enum choice { AS_PARENT, CHOSEN, NOT_CHOSEN };

struct mount_entry {
	char *path; /* absolute, without links once resolved */
	enum mount_source source;
	struct mount_tree tree; /* of SELF and TREE; fd -1: not taken yet */
	char *options;          /* of TMPFS: as mount(8) has them; of TREE: where it comes from */
	enum choice read_only, no_exec;
	bool recursive;        /* of TREE */
	bool optional;         /* left out where it is missing */
	bool from_root;        /* the path is seen from RootDirectory=, not from the host */
	bool make_target;      /* directories are made on the way to it */
	bool below_fresh;      /* lies in something that is not SELF: looked at only once that is there */
	bool only_below_fresh; /* otherwise it is seen anyway, and left out */
	bool is_file;          /* of a target that has to be made */
	int mounted_fd;        /* O_PATH on what was attached; -1: not yet */
	const char *key;       /* that asked for it */
};

struct mount_plan {
	struct mount_entry *entries;
	size_t count, capacity;
	int root_fd;      /* of what will be / */
	const char *root; /* its path; "" for / itself */
};

/* A row of a table: a place that a key covers where it is there. */
struct mount_row {
	const char *path;
	enum mount_source source;
	enum choice read_only;
};

struct mount_table {
	const struct mount_row *rows;
	size_t count;
};

struct mount_table mount_table_system(enum protect_system kind);
struct mount_table mount_table_home(enum protect_home kind);
struct mount_table mount_table_tunables(void);
struct mount_table mount_table_modules(void);
struct mount_table mount_table_kernel_logs(void);
struct mount_table mount_table_devices(void);

/* Appends; `path` and `options` are copied. NULL when out of memory. */
struct mount_entry *mount_plan_add(struct mount_plan *plan, const char *path, const char *options,
				   struct mount_entry pattern);

/* Everything the recipe asks for, in the order of the keys. Ends the start when something cannot be understood. */
void mount_plan_collect(struct mount_plan *plan, struct start *start);
/* Links resolved, what is missing left out or refused, sorted, one entry a place, and what changes nothing dropped. */
void mount_plan_settle(struct mount_plan *plan, struct start *start);

#endif
