/* One unit while it is being loaded: what is known of it beside the definition that grows. */
#ifndef SVINIT_LOAD_UNIT_LOAD_H
#define SVINIT_LOAD_UNIT_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "supervisor/core/unit.h"
#include "supervisor/load/key.h"
#include "supervisor/load/loader.h"
#include "supervisor/load/specifier.h"

struct unit_load {
	struct loader *loader;
	struct unit_definition *definition;
	struct specifiers specifiers;
	const char *path; /* the file that is read; NULL between files */
	unsigned line, column;
	const struct section *section; /* of the last assignment; NULL: one that is left out */
	const char *section_text;      /* where its name stands in the file */
	uint32_t section_seed;         /* of the hash; 0: what stands in it does not count */
	char section_name[64];
	char *refused, *refused_path; /* why the first refused key keeps the unit from starting, and where; NULL */
	unsigned refused_line;
	uint64_t hash, running_hash; /* see unit_definition */
	unsigned warnings;           /* made so far */
	bool refused_ignored, sandbox_required;
	bool type_given, timeout_start_given, job_running_timeout_given;
	bool permissions_start_only;
};

/* Reports a finding at the present place. */
void load_report(struct unit_load *load, enum diagnostic_severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As load_report with an error, and the unit does not start: LOAD_STATE_BAD_SETTING, load_error if it is the first. */
void load_reject(struct unit_load *load, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether each key is to be told of that does not simply hold. */
bool load_explains(const struct unit_load *load);
/* "PATH:LINE: text"; the caller frees. */
char *load_describe(const struct unit_load *load, const char *text);

/* Adds an edge, as often as it is named: load_finish_dependencies() sorts and drops what is there twice. */
int load_add_dependency(struct unit_load *load, enum dependency_kind kind, const char *name, bool implicit);
/* An implicit one on a name that lives as long as the program; it is not copied, which units by the thousand thank. */
int load_add_known_dependency(struct unit_load *load, enum dependency_kind kind, const char *name);
/* By the order of kind and name, each once; an explicit one wins. */
void load_sort_dependencies(struct unit_definition *definition);
bool load_has_dependency(const struct unit_definition *definition, enum dependency_kind kind, const char *name);
/* The full name that a word in a file stands for: specifiers, templates of an instance. False when it is none. */
bool load_resolve_unit_name(struct unit_load *load, const char *word, char *name);

void load_hash(struct unit_load *load, const void *data, size_t size);
void load_hash_text(struct unit_load *load, const char *text);

/* Goes through a text of this unit; -ENOMEM, or what unit_file_parse() returns. */
int load_parse_text(struct unit_load *load, const char *path, char *text, size_t length);

/* Takes the condition's parameter over. -ENOMEM, also for too many. */
int load_append_condition(struct unit_options *options, const struct condition *condition);

/* What follows from all files together: defaults that depend on other keys, and what systemd refuses. */
int load_finish(struct unit_load *load);
/* Conflicts= and Before= on shutdown.target. */
int load_add_shutdown_dependencies(struct unit_load *load);
int load_add_default_dependencies(struct unit_load *load);

#endif
