/* Start, Stop and their like: requests to the core, and the answers when all of their jobs have ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/control.h"
#include "supervisor/unit_properties.h"

/* A request's number is the call's number above the index of the unit in the call. */
enum { INDEX_BITS = 24 };

struct job_answer {
	unit_id unit;
	const char *missing; /* the name for which there is no unit; lives in job_call.names */
	job_id job;
	enum job_result result;
	bool answered;
	char *text;
};

struct job_call {
	struct job_call *next, **previous;
	struct control_session *session;
	uint64_t number;
	json_t *names; /* the request's, kept for `missing` */
	size_t count;
	size_t open; /* answers that are still to come, and one for the call itself while it makes requests */
	struct job_answer answers[];
};

static void job_call_destroy(struct job_call *jobs)
{
	*jobs->previous = jobs->next;
	if (jobs->next)
		jobs->next->previous = jobs->previous;
	for (size_t i = 0; i < jobs->count; i++)
		free(jobs->answers[i].text);
	json_decref(jobs->names);
	free(jobs);
}

static struct job_call *job_call_create(struct control_call *call, json_t *names,
					const struct unit_selection *selection)
{
	struct control_verbs *verbs = call->verbs;
	size_t count = selection->count + selection->missing_count;
	struct job_call *jobs = calloc(1, sizeof *jobs + count * sizeof *jobs->answers);

	if (!jobs)
		return NULL;
	jobs->session = call->session;
	jobs->number = ++verbs->last_job_call;
	jobs->names = json_incref(names);
	jobs->count = count;
	jobs->open = selection->count + 1;
	for (size_t i = 0; i < count; i++) {
		struct job_answer *answer = &jobs->answers[i];

		answer->unit = i < selection->count ? selection->units[i] : UNIT_ID_NONE;
		if (i < selection->count)
			continue;
		answer->missing = selection->missing[i - selection->count].name;
		/* Without memory for it the answer is as true, if shorter. */
		if (selection->missing[i - selection->count].text)
			answer->text = strdup(selection->missing[i - selection->count].text);
		answer->answered = true;
		answer->result = JOB_REFUSED;
	}
	jobs->next = verbs->job_calls;
	jobs->previous = &verbs->job_calls;
	if (jobs->next)
		jobs->next->previous = &jobs->next;
	verbs->job_calls = jobs;
	return jobs;
}

static void write_answer(struct json_writer *reply, const struct manager *manager, const struct job_answer *answer)
{
	const struct unit *unit = core_unit(manager->core, answer->unit);

	write_begin_object(reply);
	write_key_string(reply, "unit", unit ? unit->definition->name : answer->missing ? answer->missing : "");
	write_key_integer(reply, "job", answer->job ? answer->job : unit ? unit->job : 0);
	write_key_string(reply, "result", answer->answered ? job_result_name(answer->result) : "queued");
	write_key_string(reply, "text", answer->missing && !answer->text ? "there is no such unit" : answer->text);
	if (unit)
		unit_write_outcome(reply, unit);
	write_end_object(reply);
}

static void job_call_reply(struct job_call *jobs)
{
	const struct manager *manager = jobs->session->verbs->manager;
	struct json_writer reply;

	control_reply_begin(&reply, false);
	write_key(&reply, "jobs");
	write_begin_array(&reply);
	for (size_t i = 0; i < jobs->count; i++)
		write_answer(&reply, manager, &jobs->answers[i]);
	write_end_array(&reply);
	control_send(jobs->session, &reply);
}

static void job_call_close_one(struct job_call *jobs)
{
	struct control_session *session = jobs->session;

	if (--jobs->open > 0)
		return;
	job_call_reply(jobs);
	job_call_destroy(jobs);
	control_client_set_waiting(session->client, false);
}

/* The truth in one line: what became of the job, and what happened to the unit, if that says more. */
static char *answer_text(const struct action *action, const struct unit *unit)
{
	const char *text = action->answer.text;
	enum job_result result = action->answer.result;
	/* A job that never ran has nothing to do with how the unit failed last. */
	bool ran = result == JOB_FAILED || result == JOB_TIMEOUT || result == JOB_DEPENDENCY;
	const char *failure = unit && ran ? unit->failure : NULL;
	char *both = NULL;

	if (text && failure && !strstr(text, failure))
		return asprintf(&both, "%s; %s", text, failure) < 0 ? NULL : both;
	if (!text)
		text = failure;
	return text ? strdup(text) : NULL;
}

void control_jobs_answer(struct control_verbs *verbs, const struct action *action)
{
	uint64_t number = action->answer.request >> INDEX_BITS;
	size_t index = action->answer.request & ((1u << INDEX_BITS) - 1);
	struct job_call *jobs = verbs->job_calls;
	struct job_answer *answer;

	while (jobs && jobs->number != number)
		jobs = jobs->next;
	if (!jobs || index >= jobs->count || jobs->answers[index].answered)
		return;
	answer = &jobs->answers[index];
	answer->answered = true;
	answer->job = action->answer.job;
	answer->result = action->answer.result;
	answer->text = answer_text(action, core_unit(verbs->manager->core, answer->unit));
	job_call_close_one(jobs);
}

void control_jobs_forget(struct control_session *session)
{
	struct job_call *jobs = session->verbs->job_calls, *next;

	for (; jobs; jobs = next) {
		next = jobs->next;
		if (jobs->session == session)
			job_call_destroy(jobs);
	}
}

/* The order between the units of one call counts, so all jobs are queued before the first runs. */
static void make_requests(struct control_call *call, struct job_call *jobs, enum request_verb verb, enum job_mode mode)
{
	size_t last = jobs->count;

	while (last > 0 && jobs->answers[last - 1].answered)
		last--;
	for (size_t i = 0; i < last; i++) {
		if (jobs->answers[i].answered)
			continue;
		manager_feed(call->manager, &(struct event){
						    .kind = EVENT_REQUEST,
						    .unit = jobs->answers[i].unit,
						    .request = { .verb = verb,
								 .request = jobs->number << INDEX_BITS | i,
								 .mode = mode,
								 .more = i + 1 < last,
								 .by_user = true },
					    });
	}
}

static void run_jobs(struct control_call *call, json_t *names, const struct unit_selection *selection,
		     enum request_verb verb, enum job_mode mode, bool block)
{
	struct job_call *jobs;

	if (selection->missing_count == 1 && selection->count == 0) {
		control_answer_no_such_unit(call, &selection->missing[0]);
		return;
	}
	jobs = job_call_create(call, names, selection);
	if (!jobs) {
		control_answer_error(call, "OutOfMemory", "text", "svinit has no memory for this request");
		return;
	}
	if (block)
		control_client_set_waiting(call->session->client, true);
	make_requests(call, jobs, verb, mode);
	if (block) {
		job_call_close_one(jobs);
		return;
	}
	if (!call->oneway)
		job_call_reply(jobs);
	job_call_destroy(jobs);
}

static void handle_request(struct control_call *call, enum request_verb verb)
{
	struct unit_selection selection;
	const char *mode_name = "replace";
	bool no_block = false;
	json_t *names = NULL;
	int mode;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, true, &names },
				{ "mode", PARAMETER_STRING, false, &mode_name },
				{ "noBlock", PARAMETER_BOOLEAN, false, &no_block }))
		return;
	mode = control_word(mode_name, job_mode_names);
	if (mode < 0 || (mode == JOB_MODE_ISOLATE && (verb != REQUEST_START || json_array_size(names) != 1))) {
		control_answer_invalid(call, "mode");
		return;
	}
	/* Isolating stops everything else. */
	if (mode == JOB_MODE_ISOLATE && !control_may(call, NULL)) {
		control_answer_denied(call, NULL);
		return;
	}
	if (!control_select(call, names, &selection))
		return;
	run_jobs(call, names, &selection, verb, (enum job_mode)mode, !no_block && !call->oneway);
	unit_selection_finish(&selection);
}

static void handle_start(struct control_call *call)
{
	handle_request(call, REQUEST_START);
}

static void handle_stop(struct control_call *call)
{
	handle_request(call, REQUEST_STOP);
}

static void handle_restart(struct control_call *call)
{
	handle_request(call, REQUEST_RESTART);
}

static void handle_try_restart(struct control_call *call)
{
	handle_request(call, REQUEST_TRY_RESTART);
}

static void handle_reload(struct control_call *call)
{
	handle_request(call, REQUEST_RELOAD);
}

static void handle_reload_or_restart(struct control_call *call)
{
	handle_request(call, REQUEST_RELOAD_OR_RESTART);
}

static void handle_reload_or_try_restart(struct control_call *call)
{
	handle_request(call, REQUEST_RELOAD_OR_TRY_RESTART);
}

static const struct unit *unit_of_job(const struct core *core, json_int_t job)
{
	uint32_t count = core_unit_count(core);

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(core, id);

		if (unit && unit->job_type != JOB_NONE && unit->job == job)
			return unit;
	}
	return NULL;
}

static bool cancel_job(struct control_call *call, json_int_t job)
{
	const struct unit *unit = unit_of_job(call->manager->core, job);
	struct json_writer reply;

	if (!unit) {
		control_error_begin(&reply, "NoSuchJob");
		write_key_integer(&reply, "job", job);
		control_answer(call, &reply);
		return false;
	}
	if (!control_may(call, unit->definition->name)) {
		control_answer_denied(call, unit->definition->name);
		return false;
	}
	manager_feed(call->manager, &(struct event){
					    .kind = EVENT_REQUEST,
					    .unit = unit->id,
					    .request = { .verb = REQUEST_CANCEL, .job = unit->job, .by_user = true },
				    });
	return true;
}

static void handle_cancel(struct control_call *call)
{
	json_t *numbers = NULL, *number;
	size_t i;

	if (!CONTROL_PARAMETERS(call, { "jobs", PARAMETER_INTEGERS, true, &numbers }))
		return;
	if (json_array_size(numbers) > CONTROL_PATTERNS_MAX) {
		control_answer_invalid(call, "jobs");
		return;
	}
	json_array_foreach(numbers, i, number)
		if (!cancel_job(call, json_integer_value(number)))
			return;
	control_answer_empty(call);
}

const struct control_method control_job_methods[] = {
	{ "Start", CONTROL_WRITE_UNITS, handle_start },
	{ "Stop", CONTROL_WRITE_UNITS, handle_stop },
	{ "Restart", CONTROL_WRITE_UNITS, handle_restart },
	{ "TryRestart", CONTROL_WRITE_UNITS, handle_try_restart },
	{ "Reload", CONTROL_WRITE_UNITS, handle_reload },
	{ "ReloadOrRestart", CONTROL_WRITE_UNITS, handle_reload_or_restart },
	{ "ReloadOrTryRestart", CONTROL_WRITE_UNITS, handle_reload_or_try_restart },
	{ "Cancel", CONTROL_WRITE_UNITS, handle_cancel },
	{ 0 },
};
