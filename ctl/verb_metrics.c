/* metrics: states and resources of all units, in the text format that Prometheus reads. */
#include <inttypes.h>
#include <string.h>

#include "ctl/connection.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

struct metric {
	const char *name, *kind, *help;
	const char *property;
	double scale;
};

static const struct metric metrics[] = {
	{ "svinit_unit_restarts_total", "counter", "Restarts since the unit was started by hand", "NRestarts", 1 },
	{ "svinit_unit_cpu_seconds_total", "counter", "CPU time", "CPUUsageNSec", 1e-9 },
	{ "svinit_unit_memory_bytes", "gauge", "Memory in use", "MemoryCurrent", 1 },
	{ "svinit_unit_memory_peak_bytes", "gauge", "Most memory in use so far", "MemoryPeak", 1 },
	{ "svinit_unit_memory_swap_bytes", "gauge", "Memory that is swapped out", "MemorySwapCurrent", 1 },
	{ "svinit_unit_tasks", "gauge", "Threads, or processes where nobody counts threads", "TasksCurrent", 1 },
	{ "svinit_unit_io_read_bytes_total", "counter", "Read from block devices", "IOReadBytes", 1 },
	{ "svinit_unit_io_written_bytes_total", "counter", "Written to block devices", "IOWriteBytes", 1 },
	{ "svinit_unit_io_reads_total", "counter", "Read requests to block devices", "IOReadOperations", 1 },
	{ "svinit_unit_io_writes_total", "counter", "Write requests to block devices", "IOWriteOperations", 1 },
	{ "svinit_unit_cpu_waiting_seconds_total", "counter", "Time in which some waited for a CPU", "CPUPressureUSec",
	  1e-6 },
	{ "svinit_unit_memory_waiting_seconds_total", "counter", "Time in which some waited for memory",
	  "MemoryPressureUSec", 1e-6 },
	{ "svinit_unit_io_waiting_seconds_total", "counter", "Time in which some waited for block devices",
	  "IOPressureUSec", 1e-6 },
};

/* A backslash, a quote and an end of line are the format's own. */
static void print_label(const char *value)
{
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", stdout);
		else if (*value == '"' || *value == '\\')
			printf("\\%c", *value);
		else
			putchar(*value);
	}
}

static void print_head(const char *name, const char *kind, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void print_metric(const struct metric *metric, const json_t *units)
{
	const json_t *unit;
	json_int_t number;
	size_t i;

	print_head(metric->name, metric->kind, metric->help);
	json_array_foreach(units, i, unit) {
		if (!property_number(unit, metric->property, &number))
			continue;
		printf("%s{unit=\"", metric->name);
		print_label(property_text_or(unit, "Id", ""));
		if (metric->scale == 1)
			printf("\"} %" JSON_INTEGER_FORMAT "\n", number);
		else
			printf("\"} %.9g\n", (double)number * metric->scale);
	}
}

static void print_states(const json_t *units)
{
	static const char *const states[] = {
		"active", "reloading", "inactive", "failed", "activating", "deactivating"
	};
	const json_t *unit;
	size_t i;

	print_head("svinit_unit_state", "gauge", "1 for the state that the unit is in");
	json_array_foreach(units, i, unit) {
		const char *state = property_text_or(unit, "ActiveState", "");
		for (size_t j = 0; j < sizeof states / sizeof *states; j++) {
			fputs("svinit_unit_state{unit=\"", stdout);
			print_label(property_text_or(unit, "Id", ""));
			printf("\",state=\"%s\"} %d\n", states[j], strcmp(state, states[j]) == 0);
		}
	}
}

static json_t *wanted_properties(void)
{
	json_t *names = json_pack("[s, s]", "Id", "ActiveState");

	for (size_t i = 0; names && i < sizeof metrics / sizeof *metrics; i++)
		json_array_append_new(names, json_string(metrics[i].property));
	return names;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *list = call_or_complain(context, "List", json_object(), &status), *unit;
	json_t *names = json_array();
	size_t i;

	json_array_foreach(json_object_get(list, "units"), i, unit)
		json_array_append(names, json_object_get(unit, "Id"));
	json_decref(list);
	json_t *parameters = json_pack("{s:o, s:o}", "units", names, "properties", wanted_properties());
	json_t *reply = status == STATUS_OK ? call_or_complain(context, "Show", parameters, &status)
					    : (json_decref(parameters), NULL);
	const json_t *units = json_object_get(reply, "units");
	if (reply) {
		print_states(units);
		for (size_t metric = 0; metric < sizeof metrics / sizeof *metrics; metric++)
			print_metric(&metrics[metric], units);
	}
	json_decref(reply);
	return status;
}

const struct verb verb_metrics = {
	.name = "metrics",
	.synopsis = "",
	.summary = "states and resources of all units, for Prometheus",
	.run = run,
};
