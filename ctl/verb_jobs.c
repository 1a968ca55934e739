/* start, stop and their like: one request that makes jobs, and the truth about how they ended. */
#include <string.h>

#include "common/unit_name.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/failure.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "job-mode", 0, "MODE", "replace (default), fail, isolate, ignore-dependencies, flush, …" },
	{ "fail", 0, NULL, "the same as --job-mode=fail" },
	{ "wait", 0, NULL, "until the units that were started are down again" },
	{ 0 },
};

static const char *method_of(const struct verb *verb)
{
	static const struct {
		const struct verb *verb;
		const char *method;
	} methods[] = {
		{ &verb_start, "Start" },
		{ &verb_stop, "Stop" },
		{ &verb_restart, "Restart" },
		{ &verb_try_restart, "TryRestart" },
		{ &verb_reload, "Reload" },
		{ &verb_reload_or_restart, "ReloadOrRestart" },
		{ &verb_reload_or_try_restart, "ReloadOrTryRestart" },
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (methods[i].verb == verb)
			return methods[i].method;
	return "Start";
}

static json_t *request(const struct context *context, json_t *units, const char *mode)
{
	json_t *parameters = json_pack("{s:O, s:b}", "units", units, "noBlock", context->no_block);
	if (mode)
		json_object_set_new(parameters, "mode", json_string(mode));
	return parameters;
}

/* The server tells nothing about the state of what it does not know. */
static bool is_no_such_unit(const json_t *job)
{
	return strcmp(property_text_or(job, "result", ""), "refused") == 0 &&
	       !json_is_object(json_object_get(job, "state"));
}

static int report_jobs(struct context *context, json_t *reply)
{
	int status = STATUS_OK;
	size_t i;
	json_t *job;
	json_array_foreach(json_object_get(reply, "jobs"), i, job) {
		if (!job_result_is_failure(property_text_or(job, "result", "done")))
			continue;
		explain_job_failure(context, job);
		if (status != STATUS_NO_SUCH_UNIT)
			status = is_no_such_unit(job) ? STATUS_NO_SUCH_UNIT : STATUS_FAILURE;
	}
	return status;
}

/* Scripts look for systemctl's words. */
static int complain_refused(const struct context *context, struct call_error *error)
{
	if (context->face != FACE_SYSTEMCTL) {
		complain("%s failed: %s", context->verb->name, error->text);
		return call_error_status(error);
	}
	if (error->text[0] >= 'a' && error->text[0] <= 'z')
		error->text[0] = (char)(error->text[0] - 'a' + 'A');
	char name[UNIT_NAME_MAX + 1];
	if (!unit_name_complete(error->unit, name))
		unit_name_copy(*error->unit ? error->unit : "units", name);
	complain("Failed to %s %s: %s", context->verb->name, name, error->text);
	return call_error_status(error);
}

int run_jobs(struct context *context, const char *method, json_t *units, const char *mode)
{
	struct call_error error;
	json_t *reply = call(context, method, request(context, units, mode), &error);
	if (!reply)
		return complain_refused(context, &error);
	if (context->json)
		print_document(context, reply);
	int status = report_jobs(context, reply);
	note_unmatched(context, json_object_get(reply, "jobs"), "unit");
	json_decref(reply);
	return status;
}

static bool has_failed(const json_t *units)
{
	const json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit)
		if (strcmp(property_text_or(unit, "ActiveState", ""), "failed") == 0)
			return true;
	return false;
}

/* Ends with 1 where the run of one of them failed. */
static int wait_until_down(struct context *context, json_t *units)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "Wait",
					 json_pack("{s:O, s:s}", "units", units, "condition", "stopped"), &status);
	if (reply && has_failed(json_object_get(reply, "units")))
		status = STATUS_FAILURE;
	json_decref(reply);
	return status;
}

static int run(struct context *context)
{
	const char *mode = option_is_given(context, "fail") ? "fail" : option_value(context, "job-mode");
	json_t *units = units_named(context);
	int status = run_jobs(context, method_of(context->verb), units, mode);
	if (status == STATUS_OK && option_is_given(context, "wait") && !context->no_block &&
	    (context->verb == &verb_start || context->verb == &verb_restart))
		status = wait_until_down(context, units);
	json_decref(units);
	return status;
}

#define JOB_VERB(identifier, ...)                                                                                      \
	const struct verb identifier = { .synopsis = "UNIT...",                                                        \
					 .options = options,                                                           \
					 .arguments_min = 1,                                                           \
					 .arguments_max = ARGUMENTS_ANY,                                               \
					 .run = run,                                                                   \
					 __VA_ARGS__ }

static const char *const try_restart_aliases[] = { "condrestart", NULL };
static const char *const reload_or_restart_aliases[] = { "force-reload", NULL };
static const char *const reload_or_try_restart_aliases[] = { "try-reload-or-restart", "condreload", NULL };

JOB_VERB(verb_start, .name = "start", .summary = "start units and wait until they are up",
	 .help = "Returns 0 only when every unit is up: ready, if its type can tell. Otherwise says why not, with the\n"
		 "last lines the unit printed.");
JOB_VERB(verb_stop, .name = "stop", .summary = "stop units and wait until nothing of them is left");
JOB_VERB(verb_restart, .name = "restart", .summary = "stop and start units; start those that are not running");
JOB_VERB(verb_try_restart, .name = "try-restart", .aliases = try_restart_aliases,
	 .summary = "restart units that are running");
JOB_VERB(verb_reload, .name = "reload", .summary = "have units read their own configuration again");
JOB_VERB(verb_reload_or_restart, .name = "reload-or-restart", .aliases = reload_or_restart_aliases,
	 .summary = "reload units that can, restart the others");
JOB_VERB(verb_reload_or_try_restart, .name = "reload-or-try-restart", .aliases = reload_or_try_restart_aliases,
	 .summary = "reload units that can, restart the others, if they are running");
