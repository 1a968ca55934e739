#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

static const struct table_column columns[] = {
	{ "JOB", true, false },
	{ "UNIT", false, true },
	{ "TYPE", false, false },
	{ "STATE", false, false },
};

static void add_row(struct table *table, const json_t *job)
{
	char number[32];
	bool running = property_text_or(job, "State", "")[0] == 'r';
	snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, property_number_or(job, "Id", 0));
	table_cell(table, STYLE_PLAIN, number);
	table_cell(table, STYLE_PLAIN, property_text(job, "Unit"));
	table_cell(table, STYLE_PLAIN, property_text(job, "Type"));
	table_cell(table, running ? STYLE_BOLD : STYLE_PLAIN, property_text(job, "State"));
}

static int print_jobs(const struct context *context, const json_t *jobs)
{
	struct table *table = table_create(&context->terminal, columns, sizeof(columns) / sizeof(*columns));
	const json_t *job;
	size_t i;
	if (!table)
		return complain("out of memory");
	json_array_foreach(jobs, i, job)
		add_row(table, job);
	if (json_array_size(jobs) > 0)
		table_print(table, stdout, context_has_legend(context));
	if (context_has_legend(context) && json_array_size(jobs) > 0)
		printf("\n%zu jobs listed.\n", json_array_size(jobs));
	else if (context_has_legend(context))
		puts("No jobs running.");
	table_destroy(table);
	return STATUS_OK;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *reply = call_or_complain(context, "ListJobs", json_object(), &status);
	if (reply)
		status = context->json ? print_document(context, reply)
				       : print_jobs(context, json_object_get(reply, "jobs"));
	json_decref(reply);
	return status;
}

const struct verb verb_list_jobs = {
	.name = "list-jobs",
	.synopsis = "",
	.summary = "list the jobs that are queued or run",
	.run = run,
};
