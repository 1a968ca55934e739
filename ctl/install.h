/*
 * Unit files as enable, disable, mask and their like change them: links in the unit directories (systemctl(1), "Unit
 * File Commands"). Works whether svinit runs or not; what is written is what systemctl writes.
 */
#ifndef SVCTL_INSTALL_H
#define SVCTL_INSTALL_H

#include <jansson.h>

#include "ctl/verb.h"
#include "supervisor/load/loader.h"
#include "supervisor/load/unit_directories.h"

/* The options that say which unit files are meant; part of a verb's table. */
#define INSTALL_SCOPE_OPTIONS                                                                                          \
	{ "root", 0, "DIR", "the unit files below DIR, which may be another system's" },                               \
	{                                                                                                              \
		"global", 0, NULL, "the unit files of all users' own svinits"                                          \
	}

/* Those of verbs that write. */
#define INSTALL_OPTIONS                                                                                                \
	INSTALL_SCOPE_OPTIONS, { "runtime", 0, NULL, "until the next boot only" },                                     \
		{ "force", 'f', NULL, "replace links that are in the way" },                                           \
	{                                                                                                              \
		"no-reload", 0, NULL, "do not have svinit read the unit files again"                                   \
	}

/* One run of a verb. */
struct install {
	struct context *context;
	struct unit_directories directories;
	struct loader *loader;
	const char *config; /* where links go, without the root */
	bool force;
	bool preset;     /* by policy: what cannot be enabled as it stands is left alone without a word, and Also= on
			    removal */
	json_t *changes; /* what was done, in order: {type, path, source} */
	bool failed;
};

/* Takes the scope from the options. Complains and returns false, with nothing to finish, when it cannot be had. */
bool install_open(struct install *install, struct context *context);
/* Reports what was done, has a running svinit read it, and frees everything. Returns the exit status. */
int install_close(struct install *install);
/* Frees everything; for verbs that only look. */
void install_finish(struct install *install);

/* "Failed to VERB unit: TEXT", and the run has failed. Returns false. */
bool install_fail(struct install *install, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A unit's file with what it says of its installation. A zeroed value is none. */
struct install_unit {
	struct unit_file file;
	char linked_name[UNIT_NAME_MAX + 1];   /* under which it is wanted: the default instance of a template */
	struct unit_definition *definition;    /* NULL: masked */
	const struct install_options *options; /* NULL: nothing about it */
};

/* The full names that the arguments stand for; patterns and what can be no name are complained of. NULL: failed. */
char **install_names(struct install *install, size_t first);
/* 0, or a negative errno without a word: -ENOENT, -ELOOP, -EBADMSG for a file that cannot be read. */
int install_unit_find(struct install *install, const char *name, struct install_unit *unit);
void install_unit_finish(struct install_unit *unit);

/* Whether a unit starts because of where its file lies, before all others, so that links have no say in it. */
bool install_starts_anyway(const struct install *install, const struct unit_file *file);
/* False for such a unit, having said so. */
bool install_is_linked(struct install *install, const struct unit_file *file);

/* Links `path` (in the configuration) to `target`; both without the root. An equal link is left alone. */
bool install_link(struct install *install, const char *path, const char *target, bool force);
/* Whether there is a link to /dev/null at a path without the root. */
bool install_is_mask(const struct install *install, const char *path);
/* Removes a file or link, and the directory NAME.wants (and its like) that it leaves empty. */
bool install_remove(struct install *install, const char *path);

/* The operations. Each takes full names, does what it can, and notes what it could not do. */
bool install_enable(struct install *install, char *const *names);
/* lenient: that there is no such unit is no failure. */
bool install_disable(struct install *install, char *const *names, bool lenient);
bool install_depend(struct install *install, char *const *names, const char *target, const char *suffix);
bool install_link_path(struct install *install, const char *path, char name[UNIT_NAME_MAX + 1]);

/* --now: what the files are about is started or stopped too, if they are this system's. */
int install_run_jobs(struct context *context, const char *method, char *const *names);

#endif
