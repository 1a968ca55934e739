/* Kill and ResetFailed: what is done to units without a job. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "supervisor/control.h"

static const char *const whom_names[] = { "main", "control", "all", NULL };
static const enum signal_scope whom_scopes[] = { SCOPE_MAIN, SCOPE_CONTROL, SCOPE_ALL };

static void kill_selected(struct control_call *call, const struct unit_selection *selection, enum signal_scope scope,
			  int signal)
{
	struct cause cause = { 0 };
	struct json_writer reply;
	size_t reached = 0;
	int error = 0;

	control_reply_begin(&reply, false);
	write_key(&reply, "units");
	write_begin_array(&reply);
	for (size_t i = 0; i < selection->count; i++) {
		const struct unit *unit = core_unit(call->manager->core, selection->units[i]);
		int result = manager_kill(call->manager, selection->units[i], scope, signal, &cause);

		if (result >= 0 && unit) {
			write_string(&reply, unit->definition->name);
			reached++;
		} else if (!error) {
			error = result;
		}
	}
	write_end_array(&reply);
	if (reached || !error) {
		control_answer(call, &reply);
		return;
	}
	json_writer_finish(&reply);
	if (error == -ESRCH)
		control_answer_error(call, "NoSuchProcess", "unit",
				     core_unit(call->manager->core, selection->units[0])->definition->name);
	else
		control_answer_error(call, "Failed", "text", cause.text);
}

static void handle_kill(struct control_call *call)
{
	struct unit_selection selection;
	const char *whom = "all";
	json_int_t signal = 0;
	json_t *names = NULL;
	int scope;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, true, &names },
				{ "signal", PARAMETER_INTEGER, true, &signal },
				{ "whom", PARAMETER_STRING, false, &whom }))
		return;
	scope = control_word(whom, whom_names);
	if (scope < 0 || signal < 1 || signal > 64) {
		control_answer_invalid(call, scope < 0 ? "whom" : "signal");
		return;
	}
	if (!control_select(call, names, &selection))
		return;
	if (selection.missing_count > 0)
		control_answer_no_such_unit(call, &selection.missing[0]);
	else
		kill_selected(call, &selection, whom_scopes[scope], (int)signal);
	unit_selection_finish(&selection);
}

static void reset_failed(struct control_call *call, unit_id unit)
{
	manager_feed(call->manager, &(struct event){
					    .kind = EVENT_REQUEST,
					    .unit = unit,
					    .request = { .verb = REQUEST_RESET_FAILED, .by_user = true },
				    });
}

static void reset_all_failed(struct control_call *call)
{
	uint32_t count = core_unit_count(call->manager->core);

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(call->manager->core, id);

		if (unit && unit->active_state == ACTIVE_STATE_FAILED && control_may(call, unit->definition->name))
			reset_failed(call, id);
	}
}

static void handle_reset_failed(struct control_call *call)
{
	struct unit_selection selection;
	json_t *names = NULL;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, false, &names }))
		return;
	if (!names) {
		reset_all_failed(call);
		control_answer_empty(call);
		return;
	}
	if (!control_select(call, names, &selection))
		return;
	for (size_t i = 0; i < selection.count; i++)
		reset_failed(call, selection.units[i]);
	if (selection.missing_count > 0)
		control_answer_no_such_unit(call, &selection.missing[0]);
	else
		control_answer_empty(call);
	unit_selection_finish(&selection);
}

static void freeze_or_thaw(struct control_call *call, bool frozen)
{
	struct unit_selection selection;
	struct cause cause = { 0 };
	json_t *names = NULL;
	int result = 0;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, true, &names }) ||
	    !control_select(call, names, &selection))
		return;
	for (size_t i = 0; i < selection.count && result >= 0; i++)
		result = manager_freeze(call->manager, selection.units[i], frozen, &cause);
	if (selection.missing_count > 0)
		control_answer_no_such_unit(call, &selection.missing[0]);
	else if (result < 0)
		control_answer_error(call, "Failed", "text", cause.text);
	else
		control_answer_empty(call);
	unit_selection_finish(&selection);
}

static void handle_freeze(struct control_call *call)
{
	freeze_or_thaw(call, true);
}

static void handle_thaw(struct control_call *call)
{
	freeze_or_thaw(call, false);
}

const struct control_method control_unit_methods[] = {
	{ "Kill", CONTROL_WRITE_UNITS, handle_kill },
	{ "Freeze", CONTROL_WRITE_UNITS, handle_freeze },
	{ "Thaw", CONTROL_WRITE_UNITS, handle_thaw },
	{ "ResetFailed", CONTROL_WRITE_UNITS, handle_reset_failed },
	{ 0 },
};
