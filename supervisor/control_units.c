#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/glob.h"
#include "common/unit_name.h"
#include "supervisor/control.h"

static bool method_reads(const struct control_method *method)
{
	return method->permission == CONTROL_READ_UNITS || method->permission == CONTROL_READ_ALL;
}

bool control_may(struct control_call *call, const char *unit)
{
	return permission_allows(&call->verbs->permissions, &call->session->peer, call->method->name,
				 method_reads(call->method), unit);
}

bool session_may_read(struct control_session *session, const char *method, const char *unit)
{
	return permission_allows(&session->verbs->permissions, &session->peer, method, true, unit);
}

/* A selection in the making: `chosen` has a bit a unit, so that a unit that several patterns match comes once. */
struct selector {
	struct control_call *call;
	struct unit_selection *selection;
	unsigned char *chosen;
	uint32_t chosen_units;
	size_t capacity, patterns;
};

static bool choose(struct selector *selector, unit_id id)
{
	struct unit_selection *selection = selector->selection;
	unsigned char bit = (unsigned char)(1u << id % 8);

	if (id >= selector->chosen_units) {
		uint32_t units = core_unit_count(selector->call->manager->core);
		size_t before = (selector->chosen_units + 7) / 8, after = (size_t)units / 8 + 1;
		unsigned char *chosen = realloc(selector->chosen, after);

		if (!chosen)
			return false;
		memset(chosen + before, 0, after - before);
		selector->chosen = chosen;
		selector->chosen_units = (uint32_t)(after * 8);
	}
	if (selector->chosen[id / 8] & bit)
		return true;
	if (selection->count == selector->capacity) {
		size_t capacity = selector->capacity ? 2 * selector->capacity : 16;
		unit_id *units = reallocarray(selection->units, capacity, sizeof *units);

		if (!units)
			return false;
		selection->units = units;
		selector->capacity = capacity;
	}
	selector->chosen[id / 8] |= bit;
	selection->units[selection->count++] = id;
	return true;
}

static bool out_of_memory(struct control_call *call)
{
	control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
	return false;
}

/* Units that are only named by others do not match: to start or stop them by a pattern is never meant. */
static bool matches(const struct unit *unit, const char *pattern)
{
	if (unit->definition->load_state == LOAD_STATE_STUB || unit->definition->load_state == LOAD_STATE_NOT_FOUND)
		return unit->active_state != ACTIVE_STATE_INACTIVE && glob_match(pattern, unit->definition->name);
	return glob_match(pattern, unit->definition->name);
}

static bool select_pattern(struct selector *selector, const char *pattern)
{
	const struct core *core = selector->call->manager->core;
	uint32_t count = core_unit_count(core);

	if (++selector->patterns > CONTROL_PATTERNS_MAX) {
		control_answer_invalid(selector->call, "units");
		return false;
	}
	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (unit && matches(unit, pattern) && control_may(selector->call, unit->definition->name) &&
		    !choose(selector, id))
			return out_of_memory(selector->call);
	}
	return true;
}

static bool add_missing(struct unit_selection *selection, const char *name, const char *text)
{
	struct missing_unit *missing = reallocarray(selection->missing, selection->missing_count + 1, sizeof *missing);

	if (!missing)
		return false;
	selection->missing = missing;
	missing[selection->missing_count++] = (struct missing_unit){ name, *text ? strdup(text) : NULL };
	return true;
}

static bool select_name(struct selector *selector, const char *name)
{
	struct control_call *call = selector->call;
	const struct unit *unit;
	struct cause cause = { 0 };
	char full[UNIT_NAME_MAX + 1];
	unit_id id;
	int error;

	if (!control_may(call, unit_name_complete(name, full) ? full : name)) {
		control_answer_denied(call, name);
		return false;
	}
	if (selector->selection->missing_count > CONTROL_PATTERNS_MAX) {
		/* Each one costs a search on disk. */
		control_answer_no_such_unit(call, &selector->selection->missing[0]);
		return false;
	}
	error = manager_find_unit(call->manager, name, false, &id, &cause);
	if (error == -ENOMEM)
		return out_of_memory(call);
	unit = error ? NULL : core_unit(call->manager->core, id);
	if (!unit)
		return add_missing(selector->selection, name, cause.text) || out_of_memory(call);
	/* An alias must not lead to what the name's owner was not granted. */
	if (!control_may(call, unit->definition->name)) {
		control_answer_denied(call, unit->definition->name);
		return false;
	}
	return choose(selector, id) || out_of_memory(call);
}

bool control_select(struct control_call *call, json_t *names, struct unit_selection *selection)
{
	struct selector selector = { .call = call, .selection = selection };
	json_t *name;
	size_t i;
	bool good = true;

	*selection = (struct unit_selection){ 0 };
	json_array_foreach(names, i, name) {
		const char *text = json_string_value(name);

		good = glob_is_pattern(text) ? select_pattern(&selector, text) : select_name(&selector, text);
		if (!good)
			break;
	}
	free(selector.chosen);
	if (!good)
		unit_selection_finish(selection);
	return good;
}

void unit_selection_finish(struct unit_selection *selection)
{
	for (size_t i = 0; i < selection->missing_count; i++)
		free(selection->missing[i].text);
	free(selection->units);
	free(selection->missing);
	*selection = (struct unit_selection){ 0 };
}

/* A pattern where one unit is asked for. */
static void answer_not_one(struct control_call *call, const char *name, size_t count)
{
	char text[512];

	snprintf(text, sizeof text, "%.300s stands for %zu units; name one", name, count);
	control_answer_error(call, "Failed", "text", text);
}

const struct unit *control_find(struct control_call *call, const char *name)
{
	json_t *names = json_pack("[s]", name);
	struct unit_selection selection;
	const struct unit *unit = NULL;

	if (!names) {
		out_of_memory(call);
		return NULL;
	}
	if (control_select(call, names, &selection)) {
		if (selection.count == 1)
			unit = core_unit(call->manager->core, selection.units[0]);
		else if (selection.missing_count > 0)
			control_answer_no_such_unit(call, &selection.missing[0]);
		else
			answer_not_one(call, name, selection.count);
		unit_selection_finish(&selection);
	}
	json_decref(names);
	return unit;
}
