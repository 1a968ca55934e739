/*
 * The core's state out and in, for what must outlive the process: re-exec, crash, adoption.
 *
 * Out: core_pack() has what is the core's own, core_pack_unit() all of one unit. core_take_touched() tells which units
 * have changed, so that a copy can be kept up to date at the cost of what changes.
 *
 * In, in this order: a fresh core; core_restore_unit() for each unit, which makes a stub of the same number; the
 * definitions, loaded from the files as they are now; core_unpack() and core_unpack_unit(); core_unpack_end(); and,
 * when it is known what lives, core_resume() for each unit. What a record lacks has the value of a fresh unit. A record
 * with a field that this version does not know, or a value that cannot be, is refused whole.
 */
#ifndef SVINIT_CORE_CORE_SNAPSHOT_H
#define SVINIT_CORE_CORE_SNAPSHOT_H

#include "common/pack.h"
#include "supervisor/core/core.h"

void core_pack(const struct core *core, struct pack *pack);
void core_pack_unit(const struct core *core, unit_id id, struct pack *pack);
/* Takes one unit that has changed, or is gone, since it was taken last; false when there is none. */
bool core_take_touched(struct core *core, unit_id *id);
/* What the shell has beside the unit has changed. */
void core_touch(struct core *core, unit_id id);
/* All that a step has begun is done; false: the next EVENT_DEADLINE goes on. */
bool core_is_settled(const struct core *core);

/* Whose record it is. 0, or -EINVAL. The name ends with NUL; UNIT_NAME_MAX + 1 bytes. */
int core_packed_unit(const void *record, size_t size, unit_id *id, char *name);
/* 0, -EEXIST (number or name is taken), -E2BIG, -ENOMEM. */
int core_restore_unit(struct core *core, unit_id id, const char *name);
int core_unpack(struct core *core, const void *record, size_t size);
int core_unpack_unit(struct core *core, const void *record, size_t size);
/* What can be made of the rest: order of jobs, deadlines, counts. -ENOMEM. */
int core_unpack_end(struct core *core, usec now);

/* Whether a process of this role was being started when the state was saved. */
bool core_is_starting(const struct core *core, unit_id id, enum process_role role);

/* What the shell found of a unit that it took over. */
struct survivors {
	bool orderly;    /* everything that was decided was carried out: a re-exec. Otherwise a crash came between */
	bool begun;      /* the process that was being started may have come to life */
	int32_t started; /* the process that was being started, if it lives; 0: none, or unknown */
	bool alive[ROLE_COUNT];                   /* those that the unit had */
	int code[ROLE_COUNT], status[ROLE_COUNT]; /* of those that are gone; code 0: unknown */
	bool populated;                           /* a process of it lives */
};

/*
 * Sets the unit going again: what was asked and not answered is asked again, what was decided and may not have happened
 * is done again unless it may not be done twice, and what ended is told. Call it for each unit, in any order, before
 * any other event; then give the core an EVENT_DEADLINE.
 */
void core_resume(struct core *core, unit_id id, const struct survivors *survivors, usec now,
		 struct action_queue *actions);

#endif
