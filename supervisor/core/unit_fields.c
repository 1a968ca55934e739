#include "supervisor/core/unit_fields.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "supervisor/core/timer.h"
#include "supervisor/core/unit_state.h"

enum field_kind {
	FIELD_UNSIGNED,
	FIELD_SIGNED,
	FIELD_DEADLINE, /* never, which is the usual, is packed as nothing */
};

struct field_row {
	uint16_t number; /* never used for anything else again */
	uint8_t size;
	uint8_t kind;
	uint32_t offset; /* in struct unit_slot */
	uint64_t below;  /* of a word of an enum: how many there are; 0: any value that fits */
};

#define MEMBER_SIZE(member) ((uint8_t)sizeof(((struct unit_slot *)0)->member))
#define MEMBER(member)      .size = MEMBER_SIZE(member), .offset = offsetof(struct unit_slot, member)
#define NUMBER(n, member)                                                                                              \
	{                                                                                                              \
		.number = (n), .kind = FIELD_UNSIGNED, MEMBER(member)                                                  \
	}
#define WORD(n, member, count)                                                                                         \
	{                                                                                                              \
		.number = (n), .kind = FIELD_UNSIGNED, MEMBER(member), .below = (count)                                \
	}
#define SIGNED(n, member)                                                                                              \
	{                                                                                                              \
		.number = (n), .kind = FIELD_SIGNED, MEMBER(member)                                                    \
	}
#define DEADLINE(n, member)                                                                                            \
	{                                                                                                              \
		.number = (n), .kind = FIELD_DEADLINE, MEMBER(member)                                                  \
	}

static const struct field_row rows[] = {
	WORD(16, unit.sub_state, SUB_STATE_COUNT),
	WORD(17, unit.active_state, ACTIVE_STATE_COUNT),
	WORD(18, unit.result, RESULT_COUNT),
	WORD(19, unit.job_type, JOB_RELOAD_OR_START),
	WORD(20, unit.job_state, JOB_RUNNING + 1),
	WORD(21, unit.populated, 2),
	WORD(22, unit.wanted, 2),
	WORD(23, unit.reload_failed, 2),
	WORD(24, unit.control_phase, EXEC_PHASE_COUNT),
	NUMBER(25, unit.control_index),
	WORD(26, unit.condition_result, 2),
	WORD(27, unit.assert_result, 2),
	NUMBER(28, unit.job),
	WORD(29, unit.main_pid, INT32_MAX),
	WORD(30, unit.control_pid, INT32_MAX),
	NUMBER(31, unit.restarts),
	DEADLINE(32, unit.blocked_by),
	SIGNED(33, unit.notify_errno),
	SIGNED(34, unit.main_status.pid),
	SIGNED(35, unit.main_status.code),
	SIGNED(36, unit.main_status.status),
	NUMBER(37, unit.main_status.start),
	NUMBER(38, unit.main_status.exit),
	SIGNED(39, unit.control_status.pid),
	SIGNED(40, unit.control_status.code),
	SIGNED(41, unit.control_status.status),
	NUMBER(42, unit.control_status.start),
	NUMBER(43, unit.control_status.exit),
	NUMBER(44, unit.state_change),
	NUMBER(45, unit.active_enter),
	NUMBER(46, unit.active_exit),
	NUMBER(47, unit.inactive_enter),
	NUMBER(48, unit.inactive_exit),
	NUMBER(49, unit.condition_time),
	NUMBER(50, unit.watchdog),
	NUMBER(51, unit.watchdog_last),
	DEADLINE(52, private.state_deadline),
	NUMBER(53, private.start_limit.begin),
	NUMBER(54, private.start_limit.count),
	NUMBER(55, private.effects),
	WORD(56, private.notify_state, NOTIFY_STATE_STOPPING + 1),
	WORD(57, private.spawning, ROLE_COUNT + 1),
	NUMBER(58, private.main_index),
	DEADLINE(63, unit.trigger),
};

/* The fields that are single bits: bit n of the one number. */
enum { FIELD_FLAGS = 59, FIELD_QUEUED_DEADLINE, FIELD_RUNNING_DEADLINE, FIELD_RELOAD_BEGIN };
enum { FIELD_TIMER_LAST = 64, FIELD_TIMER_STAMP, FIELD_TIMER_FIRST };

enum unit_flag {
	FLAG_IGNORE_ORDER = 1 << 0,
	FLAG_IRREVERSIBLE = 1 << 1,
	FLAG_CHECKING = 1 << 2,
	FLAG_MAIN_KNOWN = 1 << 3,
	FLAG_FINDING_MAIN = 1 << 4,
	FLAG_FORBID_RESTART = 1 << 5,
	FLAG_STOP_AFTER_SPAWN = 1 << 6,
	FLAG_SPAWN_LOST = 1 << 7,
	FLAG_SIGNAL_LOST = 1 << 8,
	FLAG_HURRY = 1 << 9,
	FLAG_STOPPING_FOR_OTHER = 1 << 10,
	FLAG_IDLE_WAITING = 1 << 11,
	FLAG_ALL = (1 << 12) - 1,
};

static uint64_t get(const struct unit *unit, const struct field_row *row)
{
	const char *at = (const char *)unit + row->offset;
	uint64_t value = 0;

	/* By the member's own type, so that the order of bytes does not matter. */
	switch (row->size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return row->kind == FIELD_SIGNED ? (uint64_t) * (const int16_t *)(const void *)at
						 : *(const uint16_t *)(const void *)at;
	case 4:
		return row->kind == FIELD_SIGNED ? (uint64_t) * (const int32_t *)(const void *)at
						 : *(const uint32_t *)(const void *)at;
	default:
		memcpy(&value, at, sizeof value);
		return value;
	}
}

static void set(struct unit *unit, const struct field_row *row, uint64_t value)
{
	char *at = (char *)unit + row->offset;

	switch (row->size) {
	case 1:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(uint16_t *)(void *)at = (uint16_t)value;
		break;
	case 4:
		*(uint32_t *)(void *)at = (uint32_t)value;
		break;
	default:
		memcpy(at, &value, sizeof value);
		break;
	}
}

static uint64_t largest(const struct field_row *row)
{
	return row->size == sizeof(uint64_t) ? UINT64_MAX : (UINT64_C(1) << row->size * 8) - 1;
}

static bool fits(const struct field_row *row, const struct packed_field *field)
{
	int64_t limit = (int64_t)(largest(row) >> 1);

	if (field->is_bytes)
		return false;
	if (row->kind == FIELD_SIGNED)
		return packed_signed(field) <= limit && packed_signed(field) >= -limit - 1;
	return field->integer <= largest(row) && (row->below == 0 || field->integer < row->below);
}

static unsigned flags_of(const struct unit_private *private)
{
	return (private->ignore_order ? FLAG_IGNORE_ORDER : 0U) | (private->irreversible ? FLAG_IRREVERSIBLE : 0U) |
	       (private->checking ? FLAG_CHECKING : 0U) | (private->main_known ? FLAG_MAIN_KNOWN : 0U) |
	       (private->finding_main ? FLAG_FINDING_MAIN : 0U) | (private->forbid_restart ? FLAG_FORBID_RESTART : 0U) |
	       (private->stop_after_spawn ? FLAG_STOP_AFTER_SPAWN : 0U) | (private->spawn_lost ? FLAG_SPAWN_LOST : 0U) |
	       (private->signal_lost ? FLAG_SIGNAL_LOST : 0U) | (private->hurry ? FLAG_HURRY : 0U) |
	       (private->stopping_for_other ? FLAG_STOPPING_FOR_OTHER : 0U) |
	       (private->idle_waiting ? FLAG_IDLE_WAITING : 0U);
}

static void set_flags(struct unit_private *private, unsigned flags)
{
	private->ignore_order = flags & FLAG_IGNORE_ORDER;
	private->irreversible = flags & FLAG_IRREVERSIBLE;
	private->checking = flags & FLAG_CHECKING;
	private->main_known = flags & FLAG_MAIN_KNOWN;
	private->finding_main = flags & FLAG_FINDING_MAIN;
	private->forbid_restart = flags & FLAG_FORBID_RESTART;
	private->stop_after_spawn = flags & FLAG_STOP_AFTER_SPAWN;
	private->spawn_lost = flags & FLAG_SPAWN_LOST;
	private->signal_lost = flags & FLAG_SIGNAL_LOST;
	private->hurry = flags & FLAG_HURRY;
	private->stopping_for_other = flags & FLAG_STOPPING_FOR_OTHER;
	private->idle_waiting = flags & FLAG_IDLE_WAITING;
}

void unit_fields_pack(const struct unit *unit, struct pack *pack)
{
	const struct unit_rare *rare = unit->private->rare;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t value = get(unit, &rows[i]);

		if (rows[i].kind == FIELD_SIGNED)
			pack_signed(pack, rows[i].number, (int64_t)value);
		else if (rows[i].kind == FIELD_DEADLINE)
			pack_integer(pack, rows[i].number, (value + 1) & largest(&rows[i]));
		else
			pack_integer(pack, rows[i].number, value);
	}
	pack_integer(pack, FIELD_FLAGS, flags_of(unit->private));
	if (!rare)
		return;
	pack_integer(pack, FIELD_QUEUED_DEADLINE, rare->job_queued_deadline + 1);
	pack_integer(pack, FIELD_RUNNING_DEADLINE, rare->job_running_deadline + 1);
	pack_integer(pack, FIELD_RELOAD_BEGIN, rare->reload_begin);
	if (!rare->timer)
		return;
	pack_integer(pack, FIELD_TIMER_LAST, rare->timer->last);
	pack_integer(pack, FIELD_TIMER_STAMP, rare->timer->stamp);
	pack_integer(pack, FIELD_TIMER_FIRST, rare->timer->first);
}

static int take_rare(struct unit *unit, const struct packed_field *field)
{
	struct unit_rare *rare = unit_own_rare(unit);

	if (!rare)
		return -ENOMEM;
	if (field->number == FIELD_QUEUED_DEADLINE)
		rare->job_queued_deadline = field->integer - 1;
	else if (field->number == FIELD_RUNNING_DEADLINE)
		rare->job_running_deadline = field->integer - 1;
	else
		rare->reload_begin = field->integer;
	return 1;
}

static int take_timer(struct unit *unit, const struct packed_field *field)
{
	struct timer_state *timer = timer_own_state(unit);

	if (!timer)
		return -ENOMEM;
	if (field->number == FIELD_TIMER_LAST)
		timer->last = field->integer;
	else if (field->number == FIELD_TIMER_STAMP)
		timer->stamp = field->integer;
	else
		timer->first = field->integer;
	return 1;
}

int unit_field_take(struct unit *unit, const struct packed_field *field)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].number != field->number)
			continue;
		if (!fits(&rows[i], field))
			return -EINVAL;
		if (rows[i].kind == FIELD_SIGNED)
			set(unit, &rows[i], (uint64_t)packed_signed(field));
		else
			set(unit, &rows[i], field->integer - (rows[i].kind == FIELD_DEADLINE));
		return 1;
	}
	if (field->number == FIELD_FLAGS) {
		if (field->is_bytes || field->integer > FLAG_ALL)
			return -EINVAL;
		set_flags(unit->private, (unsigned)field->integer);
		return 1;
	}
	if (field->number >= FIELD_TIMER_LAST && field->number <= FIELD_TIMER_FIRST)
		return field->is_bytes || unit->definition->type != UNIT_TIMER ? -EINVAL : take_timer(unit, field);
	if (field->number < FIELD_QUEUED_DEADLINE || field->number > FIELD_RELOAD_BEGIN)
		return 0;
	return field->is_bytes ? -EINVAL : take_rare(unit, field);
}
