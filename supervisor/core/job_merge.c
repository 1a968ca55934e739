/* What two wishes for one unit come to: systemd's table of job types. Commutative, associative, idempotent. */
#include "supervisor/core/job.h"

#define NO JOB_TYPE_COUNT

static const uint8_t merged[][JOB_TYPE_COUNT] = {
	[JOB_NONE] = { JOB_NONE, JOB_START, JOB_VERIFY_ACTIVE, JOB_STOP, JOB_RELOAD, JOB_RESTART, JOB_RELOAD_OR_START },
	[JOB_START] = { JOB_START, JOB_START, JOB_START, NO, JOB_RELOAD_OR_START, JOB_RESTART, JOB_RELOAD_OR_START },
	[JOB_VERIFY_ACTIVE] = { JOB_VERIFY_ACTIVE, JOB_START, JOB_VERIFY_ACTIVE, NO, JOB_RELOAD, JOB_RESTART,
				JOB_RELOAD_OR_START },
	[JOB_STOP] = { JOB_STOP, NO, NO, JOB_STOP, NO, NO, NO },
	[JOB_RELOAD] = { JOB_RELOAD, JOB_RELOAD_OR_START, JOB_RELOAD, NO, JOB_RELOAD, JOB_RESTART,
			 JOB_RELOAD_OR_START },
	[JOB_RESTART] = { JOB_RESTART, JOB_RESTART, JOB_RESTART, NO, JOB_RESTART, JOB_RESTART, JOB_RESTART },
	[JOB_RELOAD_OR_START] = { JOB_RELOAD_OR_START, JOB_RELOAD_OR_START, JOB_RELOAD_OR_START, NO,
				  JOB_RELOAD_OR_START, JOB_RESTART, JOB_RELOAD_OR_START },
};
_Static_assert(sizeof merged == JOB_TYPE_COUNT * JOB_TYPE_COUNT, "a row for each type of job");

enum job_type job_merge(enum job_type a, enum job_type b)
{
	if (a >= JOB_TYPE_COUNT || b >= JOB_TYPE_COUNT)
		return JOB_TYPE_COUNT;
	return (enum job_type)merged[a][b];
}

enum job_type job_collapse(enum job_type type, const struct unit *unit)
{
	if (type == JOB_RELOAD_OR_START)
		return is_up(unit) ? JOB_RELOAD : JOB_START;
	if (type == JOB_RESTART && is_down(unit) && unit->job_type != JOB_STOP)
		return JOB_START;
	return type;
}
