/* Where a setting stands: for findings that only show when the whole unit is known. */
#ifndef SVINIT_LOAD_SETTING_PLACE_H
#define SVINIT_LOAD_SETTING_PLACE_H

#include "supervisor/core/unit.h"

struct setting_place {
	const char *path; /* the definition's own: its file, or a drop-in */
	unsigned line, column;
};

/*
 * Finds the last assignment to `key` that has `word` in its value, or else (specifiers) the last one at all, in the
 * unit's file and its drop-ins, which are read again. Where there is none: its file, line 0.
 */
void setting_place_find(const struct unit_definition *definition, const char *key, const char *word,
			struct setting_place *place);

#endif
