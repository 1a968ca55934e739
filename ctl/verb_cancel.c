#include <errno.h>
#include <stdlib.h>

#include "ctl/connection.h"
#include "ctl/verbs.h"

static bool append_number(json_t *jobs, const char *text)
{
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	return *text && !*end && !errno && number > 0 && json_array_append_new(jobs, json_integer(number)) == 0;
}

static void append_all(struct context *context, json_t *jobs, int *status)
{
	json_t *reply = call_or_complain(context, "ListJobs", json_object(), status), *job;
	size_t i;
	json_array_foreach(json_object_get(reply, "jobs"), i, job)
		json_array_append(jobs, json_object_get(job, "Id"));
	json_decref(reply);
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *jobs = json_array();
	for (size_t i = 0; i < context->argument_count && !status; i++)
		if (!append_number(jobs, context->arguments[i]))
			status = complain("not a job number: %s (svctl list-jobs)", context->arguments[i]);
	if (context->argument_count == 0)
		append_all(context, jobs, &status);
	if (!status && json_array_size(jobs) > 0)
		json_decref(call_or_complain(context, "Cancel", json_pack("{s:O}", "jobs", jobs), &status));
	json_decref(jobs);
	return status;
}

const struct verb verb_cancel = {
	.name = "cancel",
	.synopsis = "[JOB...]",
	.summary = "cancel jobs; all that are pending without JOB",
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
