/* The loaded units by number and by name. A name is hashed once, when it comes in; everything else uses numbers. */
#ifndef SVINIT_CORE_UNIT_TABLE_H
#define SVINIT_CORE_UNIT_TABLE_H

#include "supervisor/core/core_state.h"

struct name_entry {
	uint32_t hash;
	uint32_t value; /* 0: never used; 1: was used; else unit id + 2, or with the top bit: alias index + 2 */
};

struct unit_alias {
	char *name; /* NULL: dropped */
	unit_id unit;
};

void unit_table_finish(struct unit_table *table);
unit_id unit_table_find(const struct unit_table *table, const char *name);
/* A new unit of this definition, of which it takes a reference. -ENOMEM, -EEXIST, -E2BIG. */
int unit_table_add(struct unit_table *table, struct unit_definition *definition, unit_id *id);
/* The same with a number of the caller's choice; those below it that nobody has are free. -EEXIST: it is taken. */
int unit_table_add_at(struct unit_table *table, struct unit_definition *definition, unit_id id);
/* -EEXIST when the name is another unit's; 0 when it is this one's already. */
int unit_table_alias(struct unit_table *table, const char *name, unit_id id);
/* The name of one unit becomes a further name of another; the first has none left and is found no more. -ENOMEM. */
int unit_table_take_over(struct unit_table *table, const char *name, unit_id to);
void unit_table_remove(struct unit_table *table, unit_id id);

#endif
