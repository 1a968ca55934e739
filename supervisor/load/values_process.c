/* Limits, priorities and schedulers of a process. */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "common/parse.h"
#include "common/time_span.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"

/* ioprio_set(2): class above level. */
enum { IO_CLASS_SHIFT = 13, IO_LEVEL_DEFAULT = 4 };

static int warn(struct unit_load *load, const struct key *key, const char *value)
{
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is out of its range, left out", key->name, value);
	return 0;
}

static int parse_limit_part(const char *text, enum limit_unit unit, rlim_t *limit)
{
	uint64_t number;
	usec span;
	int r;

	if (strcmp(text, "infinity") == 0) {
		*limit = RLIM_INFINITY;
		return 0;
	}
	switch (unit) {
	case LIMIT_BYTES:
		r = parse_size(text, &number);
		break;
	case LIMIT_SECONDS:
		r = time_span_parse(text, USEC_PER_SEC, &span);
		number = r == 0 ? (span + USEC_PER_SEC - 1) / USEC_PER_SEC : 0;
		break;
	case LIMIT_USEC:
		r = time_span_parse(text, 1, &span);
		number = r == 0 ? span : 0;
		break;
	default:
		r = parse_unsigned(text, UINT64_MAX - 1, &number);
		break;
	}
	if (r == 0)
		*limit = (rlim_t)number;
	return r;
}

/* LimitNICE=: "+5" and "-5" are nice levels, 20 below them the raw limit; without a sign it is the raw limit. */
static int parse_nice_part(const char *text, rlim_t *limit)
{
	int64_t nice;
	uint64_t raw;

	if (*text == '+' || *text == '-') {
		int r = parse_signed(text, -20, 19, &nice);
		if (r == 0)
			*limit = (rlim_t)(20 - nice);
		return r;
	}
	int r = parse_unsigned(text, 40, &raw);
	if (r == 0)
		*limit = (rlim_t)raw;
	return r;
}

static int parse_part(const char *text, enum limit_unit unit, rlim_t *limit)
{
	return unit == LIMIT_NICE ? parse_nice_part(text, limit) : parse_limit_part(text, unit, limit);
}

int read_limit(struct unit_load *load, const struct key *key, char *value)
{
	enum limit_unit unit = (enum limit_unit)key->data_count;
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	struct resource_limit limit = { .set = true };
	char *colon = strchr(value, ':');

	if (!options)
		return -ENOMEM;
	if (!*value) {
		options->limits[key->offset].set = false;
		return 0;
	}
	if (colon)
		*colon = '\0';
	if (parse_part(value, unit, &limit.value.rlim_cur) < 0 ||
	    parse_part(colon ? colon + 1 : value, unit, &limit.value.rlim_max) < 0) {
		if (colon)
			*colon = ':';
		load_report(load, DIAGNOSTIC_WARNING,
			    "%s=%.100s is not a limit (such as 1024, 1024:4096 or infinity), left out", key->name,
			    value);
		return 0;
	}
	if (limit.value.rlim_cur > limit.value.rlim_max) {
		load_report(load, DIAGNOSTIC_WARNING, "%s= has a soft limit above the hard one, left out", key->name);
		return 0;
	}
	options->limits[key->offset] = limit;
	return 0;
}

int read_nice(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	int64_t nice = 0;

	if (!options)
		return -ENOMEM;
	if (*value && parse_signed(value, -20, 19, &nice) < 0)
		return warn(load, key, value);
	options->nice = (int)nice;
	options->nice_set = *value;
	return 0;
}

int read_oom_score_adjust(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	int64_t score = 0;

	if (!options)
		return -ENOMEM;
	if (*value && parse_signed(value, -1000, 1000, &score) < 0)
		return warn(load, key, value);
	options->oom_score_adjust = (int)score;
	options->oom_score_adjust_set = *value;
	return 0;
}

/* The index of a name, or the number itself. */
static int name_or_number(const char *value, const char *const *names, size_t count)
{
	uint64_t number;

	if (parse_unsigned(value, count - 1, &number) == 0)
		return names[number] ? (int)number : -1;
	return parse_name(value, names, count);
}

int read_io_class(struct unit_load *load, const struct key *key, char *value)
{
	static const char *const names[] = { "none", "realtime", "best-effort", "idle" };
	struct exec_options *options = unit_definition_own_exec_options(load->definition);

	if (!options)
		return -ENOMEM;
	int class = *value ? name_or_number(value, names, 4) : 0;
	if (class < 0) {
		report_choice(load, key, value, names, 4);
		return 0;
	}
	int level = options->io_priority_set ? options->io_priority & 7 : IO_LEVEL_DEFAULT;
	options->io_priority_set = *value;
	options->io_priority = class << IO_CLASS_SHIFT | level;
	return 0;
}

int read_io_priority(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	uint64_t level = IO_LEVEL_DEFAULT;

	if (!options)
		return -ENOMEM;
	if (*value && parse_unsigned(value, 7, &level) < 0)
		return warn(load, key, value);
	int class = options->io_priority_set ? options->io_priority >> IO_CLASS_SHIFT : 2;
	options->io_priority_set = *value;
	options->io_priority = class << IO_CLASS_SHIFT | (int)level;
	return 0;
}

int read_cpu_policy(struct unit_load *load, const struct key *key, char *value)
{
	static const char *const names[] = {
		[SCHED_OTHER] = "other", [SCHED_FIFO] = "fifo", [SCHED_RR] = "rr",
		[SCHED_BATCH] = "batch", [SCHED_IDLE] = "idle",
	};
	struct exec_options *options = unit_definition_own_exec_options(load->definition);

	if (!options)
		return -ENOMEM;
	int policy = *value ? name_or_number(value, names, sizeof names / sizeof *names) : SCHED_OTHER;
	if (policy < 0) {
		report_choice(load, key, value, names, sizeof names / sizeof *names);
		return 0;
	}
	options->cpu_scheduling_set = *value;
	options->cpu_scheduling_policy = policy;
	bool real_time = policy == SCHED_FIFO || policy == SCHED_RR;
	if (real_time && options->cpu_scheduling_priority == 0)
		options->cpu_scheduling_priority = 1;
	if (!real_time)
		options->cpu_scheduling_priority = 0;
	return 0;
}

int read_cpu_priority(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	uint64_t priority = 0;

	if (!options)
		return -ENOMEM;
	if (*value && parse_unsigned(value, 99, &priority) < 0)
		return warn(load, key, value);
	options->cpu_scheduling_priority = (int)priority;
	options->cpu_scheduling_set = true;
	return 0;
}

int read_timer_slack(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	uint64_t nsec = 0;

	if (!options)
		return -ENOMEM;
	if (*value && time_span_parse_nsec(value, &nsec) < 0)
		return warn(load, key, value);
	options->timer_slack_set = *value ? 1 : 0;
	options->timer_slack = nsec / 1000 + (nsec % 1000 > 0);
	return 0;
}
