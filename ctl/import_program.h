/* A [program:x] of supervisord into services, one for each process. */
#ifndef SVCTL_IMPORT_PROGRAM_H
#define SVCTL_IMPORT_PROGRAM_H

#include "ctl/import.h"
#include "ctl/import_ini.h"

struct imported_process {
	struct imported_unit *unit;
	long priority; /* of its group, then its own */
};

/* A supervisord.conf with all that it includes. */
struct supervisord {
	struct import *import;
	struct ini ini;
	char *here;                    /* the folder of the first file */
	const struct ini_section *own; /* [supervisord]; NULL: none */
	size_t included;
	struct imported_process *processes;
	size_t process_count;
};

/* `group`: NULL where none names the program. */
void import_program(struct supervisord *conf, const struct ini_section *program, const struct ini_section *group);

#endif
