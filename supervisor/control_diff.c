/* Diff: what a reload would change, without doing it. */
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/control.h"
#include "supervisor/unit_difference.h"
#include "supervisor/unit_loading.h"

/* Of units that nobody knows yet no more are looked at: this is one event. */
enum { NEW_UNITS_MAX = 1000 };

struct diff {
	struct control_call *call;
	struct json_writer *reply;
	struct loader *loader;
	char **queue; /* names that the files mention and the core does not know */
	size_t queued, next;
	bool more; /* than NEW_UNITS_MAX */
	int error;
};

static bool is_there(const struct unit_definition *definition)
{
	return definition->load_state != LOAD_STATE_NOT_FOUND && definition->load_state != LOAD_STATE_STUB;
}

static bool is_same(const struct unit_definition *a, const struct unit_definition *b)
{
	return a->load_state == b->load_state && (a->content_hash == b->content_hash || !is_there(a));
}

static void note(struct diff *diff, const char *name)
{
	if (core_find(diff->call->manager->core, name) != UNIT_ID_NONE || diff->more ||
	    string_list_contains(diff->queue, name))
		return;
	diff->more = diff->queued == NEW_UNITS_MAX;
	if (diff->more)
		return;
	diff->error = string_list_append(&diff->queue, name);
	diff->queued++;
}

static void note_mentioned(struct diff *diff, const struct unit_definition *definition)
{
	for (size_t i = 0; i < definition->dependency_count && !diff->error; i++)
		note(diff, definition->dependencies[i].name);
}

/* The name, what happens to the unit, and whether a process of it goes on as it was. */
static void begin_unit(struct diff *diff, const struct unit_definition *definition, const char *change, bool stale,
		       bool restart)
{
	write_begin_object(diff->reply);
	write_key_string(diff->reply, "Id", definition->name);
	write_key_string(diff->reply, "change", change);
	write_key_string(diff->reply, "FragmentPath", definition->fragment_path);
	write_key_string(diff->reply, "LoadError", definition->load_error);
	write_key_boolean(diff->reply, "NeedDaemonReload", stale);
	write_key_boolean(diff->reply, "NeedRestart", restart);
	write_key(diff->reply, "keys");
}

static void write_known(struct diff *diff, const struct unit *unit, const struct unit_definition *fresh)
{
	const struct unit_definition *old = unit->definition;
	const struct unit_definition *loaded = unit->next_definition ? unit->next_definition : old;
	const char *change = !is_there(fresh) ? "vanishes" : !is_there(old) ? "appears" : "changed";
	bool lives = unit->active_state != ACTIVE_STATE_INACTIVE && unit->active_state != ACTIVE_STATE_FAILED;

	begin_unit(diff, fresh, change, !is_same(loaded, fresh), lives && *change == 'c');
	if (*change == 'c') {
		unit_write_difference(diff->reply, diff->call->manager, old, fresh);
	} else {
		write_begin_array(diff->reply);
		write_end_array(diff->reply);
	}
	write_end_object(diff->reply);
}

static void compare_known(struct diff *diff, unit_id id)
{
	const struct unit *unit = core_unit(diff->call->manager->core, id);
	struct unit_definition *fresh = NULL;

	if (!unit || unit->definition->load_state == LOAD_STATE_STUB)
		return;
	diff->error = loader_load(diff->loader, unit->definition->name, &fresh, NULL);
	if (diff->error < 0)
		return;
	note_mentioned(diff, fresh);
	/* A name that has become an alias stands for another unit, which is seen for itself. */
	if (strcmp(fresh->name, unit->definition->name) == 0 && !is_same(unit->definition, fresh) &&
	    control_may(diff->call, fresh->name))
		write_known(diff, unit, fresh);
	unit_definition_release(fresh);
}

static void write_new(struct diff *diff, const char *name)
{
	struct unit_definition *fresh = NULL;

	diff->error = loader_load(diff->loader, name, &fresh, NULL);
	if (diff->error < 0)
		return;
	note_mentioned(diff, fresh);
	if (is_there(fresh) && control_may(diff->call, fresh->name) &&
	    core_find(diff->call->manager->core, fresh->name) == UNIT_ID_NONE) {
		begin_unit(diff, fresh, "appears", true, false);
		write_begin_array(diff->reply);
		write_end_array(diff->reply);
		write_end_object(diff->reply);
	}
	unit_definition_release(fresh);
}

/* What lies in the run directories is meant to run, though a reload starts nothing. */
static void note_run_directories(struct diff *diff)
{
	const struct manager *manager = diff->call->manager;

	for (char **directory = manager->options.unit_directories; directory && *directory; directory++) {
		char **names = NULL;
		if (loader_list_directory(*directory, &names, NULL) < 0)
			continue;
		for (char **name = names; *name && !diff->error; name++)
			note(diff, *name);
		string_list_free(names);
	}
}

static void write_units(struct diff *diff)
{
	uint32_t count = core_unit_count(diff->call->manager->core);

	diff->error = loader_begin_batch(diff->loader);
	if (diff->error < 0)
		return;
	note_run_directories(diff);
	for (unit_id id = 0; id < count && !diff->error; id++)
		compare_known(diff, id);
	while (!diff->error && diff->queue && diff->queue[diff->next]) {
		char *name = strdup(diff->queue[diff->next++]);
		if (!name)
			break;
		write_new(diff, name);
		free(name);
	}
	loader_end_batch(diff->loader);
}

static void handle_diff(struct control_call *call)
{
	struct json_writer reply;
	struct diff diff = { .call = call, .reply = &reply };
	struct cause cause = { 0 };

	if (!control_parameters(call, NULL, 0))
		return;
	if (unit_loading_create_loader(call->manager, false, &diff.loader, &cause) < 0) {
		control_answer_error(call, "Failed", "text", cause.text);
		return;
	}
	control_reply_begin(&reply, false);
	write_key_integer(&reply, "version", CONTROL_REPLY_VERSION);
	write_key(&reply, "units");
	write_begin_array(&reply);
	write_units(&diff);
	write_end_array(&reply);
	write_key_boolean(&reply, "more", diff.more);
	loader_destroy(diff.loader);
	string_list_free(diff.queue);
	if (diff.error == 0) {
		control_answer(call, &reply);
		return;
	}
	json_writer_finish(&reply);
	control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
}

const struct control_method control_diff_methods[] = {
	{ "Diff", CONTROL_READ_UNITS, handle_diff },
	{ 0 },
};
