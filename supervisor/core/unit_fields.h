/*
 * What of a unit outlives svinit: one table of its fields, by which they are packed and taken back. What can be made
 * again (edges, queues, the heap, counts) is not in it.
 */
#ifndef SVINIT_CORE_UNIT_FIELDS_H
#define SVINIT_CORE_UNIT_FIELDS_H

#include "common/pack.h"
#include "supervisor/core/core_state.h"

/* Numbers of the fields that core_snapshot.c packs itself. */
enum unit_field {
	UNIT_FIELD_NAME = 1,
	UNIT_FIELD_ID,
	UNIT_FIELD_STATUS_TEXT,
	UNIT_FIELD_FAILURE,
	UNIT_FIELD_WAITER, /* the request, then its type in a field of the same number + 1 */
	UNIT_FIELD_WAITER_TYPE,
	UNIT_FIELD_FIRST_OF_TABLE = 16,
};

void unit_fields_pack(const struct unit *unit, struct pack *pack);
/* 1: taken; 0: not in the table; -EINVAL: a value that no version writes; -ENOMEM. */
int unit_field_take(struct unit *unit, const struct packed_field *field);

#endif
