/*
 * Unit files into definitions. A loader is a search path and what the specifiers stand for; it keeps nothing of what
 * it has loaded.
 */
#ifndef SVINIT_LOAD_LOADER_H
#define SVINIT_LOAD_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cause.h"
#include "supervisor/core/unit.h"

enum diagnostic_severity { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_NOTE };

/* One finding about a unit file. `path` may be NULL; line and column count from 1, 0: unknown. */
struct diagnostic {
	enum diagnostic_severity severity;
	const char *unit;
	const char *path;
	unsigned line, column;
	const char *text;
};

struct loader_settings {
	char **directories;            /* unit directories, highest precedence first; run directories included */
	bool user_mode;                /* an ordinary user's svinit: what %t, %S, … and the default target mean */
	const char *runtime_directory; /* %t; NULL: /run or $XDG_RUNTIME_DIR */
	const char *root;              /* --root=: prefixed to all paths; NULL or "" */
	void (*report)(void *context, const struct diagnostic *diagnostic); /* may be NULL */
	void *context;
};

struct loader;

int loader_create(const struct loader_settings *settings, struct loader **loader); /* copies; -ENOMEM */
void loader_destroy(struct loader *loader);
/* The search path, NULL-terminated; the loader's own. */
char *const *loader_directories(const struct loader *loader);

/*
 * Between these the unit directories are listed once, and what lies in them counts as it was at the beginning: 1,000
 * units then cost 1,000 small reads and nothing else. Every loader_load() outside lists them afresh. They may be
 * nested. -ENOMEM.
 */
int loader_begin_batch(struct loader *loader);
void loader_end_batch(struct loader *loader);

/*
 * Loads a unit by its full name: fragment, template for an instance, alias links, masks, drop-ins,
 * .wants/.requires/.upholds directories, default and implicit dependencies; built-in targets where no file is. 0 with a
 * definition (one reference) whose load_state tells how it went (also not-found and masked), or -ENOMEM, or -EINVAL for
 * an impossible name.
 */
int loader_load(struct loader *loader, const char *name, struct unit_definition **definition, struct cause *cause);

/* Loads one file as the unit of its base name, whatever the search path holds (verify, --units FILE). */
int loader_load_file(struct loader *loader, const char *path, struct unit_definition **definition, struct cause *cause);
/* As the unit of another name: an instance, of its template's file. */
int loader_load_file_as(struct loader *loader, const char *path, const char *name, struct unit_definition **definition,
			struct cause *cause);

/*
 * The names of all units in a directory that are no templates and not masked: NULL-terminated, sorted; the caller frees
 * each and the list. -ENOENT, -ENOTDIR, … with a cause.
 */
int loader_list_directory(const char *directory, char ***names, struct cause *cause);

/* The names nearest to one that does not exist ("did you mean"), at most three; same ownership. */
int loader_suggest(struct loader *loader, const char *name, char ***names);

/* Whether there is such a unit where no file is: the targets that everybody counts on. */
bool builtin_unit_exists(const char *name, bool user_mode);

/* The service that runs what systemd.generator(7) describes; there is none where no package has a generator. */
#define GENERATORS_UNIT "svinit-generators.service"

/* The unit search path of systemd.unit(5), for root or for a user; same ownership. */
char **loader_default_directories(bool user_mode);
/* Those that all users have in common. */
char **loader_shared_user_directories(void);

#endif
