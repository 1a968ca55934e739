/* The keys of a [program:x], each into those of a service. */
#ifndef SVCTL_IMPORT_PROGRAM_KEYS_H
#define SVCTL_IMPORT_PROGRAM_KEYS_H

#include "ctl/import_expand.h"
#include "ctl/import_program.h"

struct program_process {
	struct supervisord *conf;
	const struct ini_section *program, *group; /* group: NULL where none names it */
	struct imported_unit *unit;
	bool first; /* of several: what is to be said of the program is said once */
	struct expansion expansion;
};

void program_keys_carry(struct program_process *process);
bool program_is_true(const struct program_process *process, const char *key, bool otherwise);

#endif
