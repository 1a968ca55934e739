/* List, Show, Dependencies, ListJobs, SystemState: what there is. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/glob.h"
#include "supervisor/control.h"
#include "supervisor/unit_file_states.h"
#include "supervisor/unit_freshness.h"
#include "supervisor/unit_properties.h"

static bool has_word(const json_t *words, const char *word)
{
	const json_t *each;
	size_t i;

	json_array_foreach(words, i, each)
		if (strcmp(json_string_value(each), word) == 0)
			return true;
	return false;
}

/* ---- List ---- */

struct list_filter {
	json_t *patterns, *states, *types; /* NULL: any */
	bool all;
};

/* A pattern is a full name, a name without .service, or a glob. */
static bool pattern_matches(const json_t *patterns, const char *name)
{
	const json_t *each;
	size_t i, length;

	json_array_foreach(patterns, i, each) {
		const char *pattern = json_string_value(each);

		if (glob_match(pattern, name))
			return true;
		length = strlen(pattern);
		if (strncmp(pattern, name, length) == 0 && strcmp(name + length, ".service") == 0)
			return true;
	}
	return false;
}

/* What runs, ran, is to run, or failed to; not what others merely name, or the distribution has and nobody asked for.
 */
static bool is_of_interest(const struct unit *unit)
{
	enum load_state state = unit->definition->load_state;
	bool asked_for = unit->wanted || unit->blocked_by != UNIT_ID_NONE || unit->inactive_enter != 0;

	if (unit->job_type != JOB_NONE || unit->active_state != ACTIVE_STATE_INACTIVE)
		return true;
	if (state == LOAD_STATE_BAD_SETTING || state == LOAD_STATE_ERROR)
		return true;
	return state == LOAD_STATE_LOADED && unit->definition->type == UNIT_SERVICE && asked_for;
}

static bool filter_takes(const struct list_filter *filter, const struct unit *unit)
{
	const struct unit_definition *definition = unit->definition;

	if (!filter->all && !filter->patterns && !filter->states && !is_of_interest(unit))
		return false;
	if (filter->patterns && !pattern_matches(filter->patterns, definition->name))
		return false;
	if (filter->types && !has_word(filter->types, unit_type_name(definition->type)))
		return false;
	return !filter->states || has_word(filter->states, active_state_name(unit->active_state)) ||
	       has_word(filter->states, sub_state_name(unit->sub_state)) ||
	       has_word(filter->states, load_state_name(definition->load_state));
}

static bool filter_is_small(const struct list_filter *filter)
{
	return json_array_size(filter->patterns) <= CONTROL_PATTERNS_MAX &&
	       json_array_size(filter->states) <= CONTROL_PATTERNS_MAX &&
	       json_array_size(filter->types) <= CONTROL_PATTERNS_MAX;
}

static void handle_list(struct control_call *call)
{
	const struct core *core = call->manager->core;
	uint32_t count = core_unit_count(core);
	struct list_filter filter = { 0 };
	struct json_writer reply;

	if (!CONTROL_PARAMETERS(call, { "patterns", PARAMETER_STRINGS, false, &filter.patterns },
				{ "states", PARAMETER_STRINGS, false, &filter.states },
				{ "types", PARAMETER_STRINGS, false, &filter.types },
				{ "all", PARAMETER_BOOLEAN, false, &filter.all }))
		return;
	if (!filter_is_small(&filter)) {
		control_answer_invalid(call, "patterns");
		return;
	}
	control_reply_begin(&reply, false);
	write_key_integer(&reply, "version", CONTROL_REPLY_VERSION);
	write_key(&reply, "units");
	write_begin_array(&reply);
	unit_freshness_begin(call->manager);
	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (unit && filter_takes(&filter, unit) && control_may(call, unit->definition->name))
			unit_write_summary(&reply, call->manager, unit);
	}
	unit_freshness_end(call->manager);
	write_end_array(&reply);
	control_answer(call, &reply);
}

/* ---- Show ---- */

static bool is_wanted(const char *name, void *properties)
{
	return has_word(properties, name);
}

static void write_shown(struct json_writer *reply, struct control_call *call, const struct unit_selection *selection,
			json_t *properties)
{
	write_key_integer(reply, "version", CONTROL_REPLY_VERSION);
	write_key(reply, "units");
	write_begin_array(reply);
	for (size_t i = 0; i < selection->count && !reply->error; i++) {
		const struct unit *unit = core_unit(call->manager->core, selection->units[i]);

		if (unit)
			unit_write_properties(reply, call->manager, unit, properties ? is_wanted : NULL, properties);
	}
	write_end_array(reply);
	write_key(reply, "missing");
	write_begin_array(reply);
	for (size_t i = 0; i < selection->missing_count; i++)
		write_string(reply, selection->missing[i].name);
	write_end_array(reply);
}

static void handle_show(struct control_call *call)
{
	json_t *names = NULL, *properties = NULL;
	struct unit_selection selection;
	struct json_writer reply;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, true, &names },
				{ "properties", PARAMETER_STRINGS, false, &properties }))
		return;
	if (json_array_size(properties) > CONTROL_PATTERNS_MAX) {
		control_answer_invalid(call, "properties");
		return;
	}
	if (!control_select(call, names, &selection))
		return;
	control_reply_begin(&reply, false);
	write_shown(&reply, call, &selection, properties);
	unit_file_states_forget(call->manager);
	control_answer(call, &reply);
	unit_selection_finish(&selection);
}

/* ---- Dependencies ---- */

/* A walk over all that a unit leads to; each unit is visited once. */
struct dependency_walk {
	struct control_call *call;
	struct json_writer *reply;
	const char *const *kinds; /* the properties to follow */
	unit_id *queue;           /* visited units in the order in which they were found */
	size_t found;
	unsigned char *seen;
	uint32_t unit_count;
	const struct unit *from;
};

static const char *const forward_kinds[] = { "Requires", "Requisite", "Wants", "BindsTo", "Upholds", NULL };
static const char *const reverse_kinds[] = { "RequiredBy", "RequisiteOf", "WantedBy", "BoundBy", "UpheldBy", NULL };
static const char *const before_kinds[] = { "Before", NULL };
static const char *const after_kinds[] = { "After", NULL };

static bool follow_edge(void *context, const struct edge_view *edge)
{
	struct dependency_walk *walk = context;
	const struct unit *to = core_unit(walk->call->manager->core, edge->other);
	const char *kind = edge_property_name(edge->kind, edge->inverse);

	if (!to || edge->other >= walk->unit_count || !kind || control_word(kind, walk->kinds) < 0)
		return true;
	write_begin_object(walk->reply);
	write_key_string(walk->reply, "from", walk->from->definition->name);
	write_key_string(walk->reply, "to", to->definition->name);
	write_key_string(walk->reply, "kind", kind);
	write_key_string(walk->reply, "ActiveState", active_state_name(to->active_state));
	write_key_string(walk->reply, "SubState", sub_state_name(to->sub_state));
	write_end_object(walk->reply);
	if (!walk->seen[edge->other]) {
		walk->seen[edge->other] = 1;
		walk->queue[walk->found++] = edge->other;
	}
	return !walk->reply->error;
}

static void write_dependencies(struct dependency_walk *walk, unit_id start)
{
	const struct core *core = walk->call->manager->core;

	walk->seen[start] = 1;
	walk->queue[walk->found++] = start;
	write_key_integer(walk->reply, "version", CONTROL_REPLY_VERSION);
	write_key_string(walk->reply, "unit", core_unit(core, start)->definition->name);
	write_key(walk->reply, "edges");
	write_begin_array(walk->reply);
	for (size_t i = 0; i < walk->found; i++) {
		walk->from = core_unit(core, walk->queue[i]);
		core_each_edge(core, walk->queue[i], follow_edge, walk);
	}
	write_end_array(walk->reply);
	write_key(walk->reply, "units");
	write_begin_array(walk->reply);
	for (size_t i = 0; i < walk->found; i++)
		unit_write_summary(walk->reply, walk->call->manager, core_unit(core, walk->queue[i]));
	write_end_array(walk->reply);
}

static void answer_dependencies(struct control_call *call, const struct unit *unit, const char *const *kinds)
{
	uint32_t count = core_unit_count(call->manager->core);
	struct json_writer reply;
	struct dependency_walk walk = {
		.call = call,
		.reply = &reply,
		.kinds = kinds,
		.queue = calloc(count, sizeof *walk.queue),
		.seen = calloc(count, 1),
		.unit_count = count,
	};

	if (walk.queue && walk.seen) {
		control_reply_begin(&reply, false);
		write_dependencies(&walk, unit->id);
		control_answer(call, &reply);
	} else {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
	}
	free(walk.queue);
	free(walk.seen);
}

static void handle_dependencies(struct control_call *call)
{
	static const char *const orders[] = { "before", "after", NULL };
	const char *name = NULL, *order = NULL;
	const struct unit *unit;
	bool reverse = false;

	if (!CONTROL_PARAMETERS(call, { "unit", PARAMETER_STRING, true, &name },
				{ "reverse", PARAMETER_BOOLEAN, false, &reverse },
				{ "order", PARAMETER_STRING, false, &order }))
		return;
	if (order && control_word(order, orders) < 0) {
		control_answer_invalid(call, "order");
		return;
	}
	unit = control_find(call, name);
	if (!unit)
		return;
	if (order)
		answer_dependencies(call, unit, (*order == 'b') != reverse ? before_kinds : after_kinds);
	else
		answer_dependencies(call, unit, reverse ? reverse_kinds : forward_kinds);
}

/* ---- ListJobs, SystemState ---- */

static void handle_list_jobs(struct control_call *call)
{
	const struct core *core = call->manager->core;
	uint32_t count = core_unit_count(core);
	struct json_writer reply;

	if (!control_parameters(call, NULL, 0))
		return;
	control_reply_begin(&reply, false);
	write_key_integer(&reply, "version", CONTROL_REPLY_VERSION);
	write_key(&reply, "jobs");
	write_begin_array(&reply);
	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (unit && unit->job_type != JOB_NONE && control_may(call, unit->definition->name))
			unit_write_job(&reply, unit);
	}
	write_end_array(&reply);
	control_answer(call, &reply);
}

struct unit_census {
	uint32_t units, failed, jobs;
};

static struct unit_census count_units(const struct core *core)
{
	uint32_t count = core_unit_count(core);
	struct unit_census census = { 0 };

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (!unit || unit->definition->load_state == LOAD_STATE_STUB)
			continue;
		census.units++;
		census.failed += unit->active_state == ACTIVE_STATE_FAILED;
		census.jobs += unit->job_type != JOB_NONE;
	}
	return census;
}

/* The words of systemctl's is-system-running. */
static const char *system_state(const struct manager *manager, const struct unit_census *census)
{
	if (manager->leaving || core_is_shutting_down(manager->core))
		return "stopping";
	if (!manager->booted)
		return "starting";
	return census->failed ? "degraded" : "running";
}

static void handle_system_state(struct control_call *call)
{
	const struct manager *manager = call->manager;
	struct unit_census census = count_units(manager->core);
	struct json_writer reply;

	if (!control_parameters(call, NULL, 0))
		return;
	control_reply_begin(&reply, false);
	write_key_integer(&reply, "version", CONTROL_REPLY_VERSION);
	write_key_string(&reply, "state", system_state(manager, &census));
	write_key_integer(&reply, "failed", census.failed);
	write_key_integer(&reply, "jobs", census.jobs);
	write_key_integer(&reply, "units", census.units);
	write_key_integer(&reply, "pid", getpid());
	write_key(&reply, "started");
	unit_write_time(&reply, manager, manager->started);
	write_key_string(&reply, "logDirectory", manager->options.log_directory);
	write_key_string(&reply, "runtimeDirectory", manager->options.runtime_directory);
	write_key_integer(&reply, "orphansReaped", (int64_t)manager->orphans_reaped);
	write_key_integer(&reply, "crashes", manager->crashes);
	write_key_string(&reply, "svinitVersion", SVINIT_VERSION);
	control_answer(call, &reply);
}

const struct control_method control_query_methods[] = {
	{ "List", CONTROL_READ_UNITS, handle_list },
	{ "Show", CONTROL_READ_UNITS, handle_show },
	{ "Dependencies", CONTROL_READ_UNITS, handle_dependencies },
	{ "ListJobs", CONTROL_READ_UNITS, handle_list_jobs },
	{ "SystemState", CONTROL_READ_ALL, handle_system_state },
	{ 0 },
};
