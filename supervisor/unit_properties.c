/* The properties that units of every type have, and the walk over the rows. */
#include "supervisor/unit_properties.h"

#include <string.h>

#include "supervisor/condition.h"
#include "supervisor/unit_file_states.h"
#include "supervisor/unit_freshness.h"
#include "supervisor/unit_property.h"

#define UNIT(field)               offsetof(struct unit, field)
#define DEFINITION(field)         offsetof(struct unit_definition, field)
#define OPTIONS(field)            offsetof(struct unit_options, field)
#define FIELD(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

/* Edges that the unit names, and those by which others name it. */
#define EDGE(kind)    (UINT64_C(1) << (2 * DEPENDENCY_##kind))
#define INVERSE(kind) (UINT64_C(1) << (2 * DEPENDENCY_##kind + 1))

static const char *const emergency_action_names[EMERGENCY_ACTION_COUNT] = {
	[EMERGENCY_ACTION_NONE] = "none",
	[EMERGENCY_ACTION_REBOOT] = "reboot",
	[EMERGENCY_ACTION_REBOOT_FORCE] = "reboot-force",
	[EMERGENCY_ACTION_REBOOT_IMMEDIATE] = "reboot-immediate",
	[EMERGENCY_ACTION_POWEROFF] = "poweroff",
	[EMERGENCY_ACTION_POWEROFF_FORCE] = "poweroff-force",
	[EMERGENCY_ACTION_POWEROFF_IMMEDIATE] = "poweroff-immediate",
	[EMERGENCY_ACTION_EXIT] = "exit",
	[EMERGENCY_ACTION_EXIT_FORCE] = "exit-force",
	[EMERGENCY_ACTION_HALT] = "halt",
	[EMERGENCY_ACTION_HALT_FORCE] = "halt-force",
	[EMERGENCY_ACTION_HALT_IMMEDIATE] = "halt-immediate",
};

static void write_definition_text(struct property_view *view, uint64_t offset)
{
	write_string(view->to, FIELD(char *, view->definition, offset));
}

static void write_definition_list(struct property_view *view, uint64_t offset)
{
	write_strings(view->to, FIELD(char **, view->definition, offset));
}

static void write_unit_text(struct property_view *view, uint64_t offset)
{
	write_string(view->to, FIELD(char *, view->unit, offset));
}

static void write_unit_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, FIELD(bool, view->unit, offset));
}

static void write_realtime(struct property_view *view, uint64_t offset)
{
	unit_write_time(view->to, view->manager, FIELD(usec, view->unit, offset));
}

static void write_monotonic(struct property_view *view, uint64_t offset)
{
	usec time = FIELD(usec, view->unit, offset);

	write_usec(view->to, time ? time : USEC_INFINITY);
}

static void write_option_usec(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, FIELD(usec, view->definition->options, offset));
}

static void write_option_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, FIELD(bool, view->definition->options, offset));
}

static void write_option_action(struct property_view *view, uint64_t offset)
{
	enum emergency_action action = FIELD(enum emergency_action, view->definition->options, offset);

	write_string(view->to, action < EMERGENCY_ACTION_COUNT ? emergency_action_names[action] : NULL);
}

/* -1 stands for the main process's own status. */
static void write_option_exit_status(struct property_view *view, uint64_t offset)
{
	int status = FIELD(int, view->definition->options, offset);

	if (status < 0)
		write_null(view->to);
	else
		write_integer(view->to, status);
}

static void write_start_limit_burst(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_integer(view->to, view->definition->options->start_limit_burst);
}

static void write_names(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_begin_array(view->to);
	write_string(view->to, view->definition->name);
	for (char **alias = view->definition->aliases; alias && *alias; alias++)
		write_string(view->to, *alias);
	write_end_array(view->to);
}

static void write_description(struct property_view *view, uint64_t argument)
{
	const struct unit_definition *definition = view->definition;

	(void)argument;
	write_string(view->to, definition->description ? definition->description : definition->name);
}

static void write_documentation(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_strings(view->to, view->definition->options->documentation);
}

static void write_load_state(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, load_state_name(unit_load_state(view->unit)));
}

static void write_active_state(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, active_state_name(view->unit->active_state));
}

static void write_sub_state(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, sub_state_name(view->unit->sub_state));
}

static void write_unit_file_state(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, unit_file_states_find(view->manager, view->definition));
}

/* Of an init script, that; invoke-rc.d(8) tells it by this from a unit that the package has itself. */
static void write_source_path(struct property_view *view, uint64_t argument)
{
	const char *path = view->definition->fragment_path;

	(void)argument;
	write_string(view->to, path && strncmp(path, "/etc/init.d/", 12) == 0 ? path : NULL);
}

static void write_unit_file_preset(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, unit_file_states_preset(view->manager, view->definition));
}

static void write_need_daemon_reload(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, unit_files_changed(view->manager, view->unit));
}

static void write_need_restart(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, view->unit->next_definition != NULL);
}

static void write_job(struct property_view *view, uint64_t argument)
{
	(void)argument;
	if (view->unit->job_type == JOB_NONE)
		write_null(view->to);
	else
		write_string(view->to, job_type_name(view->unit->job_type));
}

static void write_job_object(struct property_view *view, uint64_t argument)
{
	(void)argument;
	unit_write_job(view->to, view->unit);
}

static void write_checked(struct property_view *view, uint64_t offset)
{
	if (!view->unit->condition_time)
		write_null(view->to);
	else
		write_boolean(view->to, FIELD(bool, view->unit, offset));
}

static void write_conditions(struct property_view *view, uint64_t assertions)
{
	const struct unit_options *options = view->definition->options;
	char text[ACTION_TEXT_MAX];

	write_begin_array(view->to);
	for (size_t i = 0; i < options->condition_count; i++)
		if (options->conditions[i].assertion == (bool)assertions)
			write_string(view->to, condition_describe(&options->conditions[i], text, sizeof text));
	write_end_array(view->to);
}

static void write_can_start(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, view->definition->load_state == LOAD_STATE_LOADED &&
					!view->definition->options->refuse_manual_start);
}

static void write_can_stop(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, !view->definition->options->refuse_manual_stop);
}

static void write_can_reload(struct property_view *view, uint64_t argument)
{
	const struct service_definition *service = view->service;

	(void)argument;
	write_boolean(view->to,
		      service && (service->phases[EXEC_RELOAD].count > 0 || service->type == SERVICE_NOTIFY_RELOAD));
}

static void write_blocked_by(struct property_view *view, uint64_t argument)
{
	const struct unit *other = core_unit(view->manager->core, view->unit->blocked_by);

	(void)argument;
	write_string(view->to, other ? other->definition->name : NULL);
}

static void write_invocation_id(struct property_view *view, uint64_t argument)
{
	const struct unit_runtime *runtime =
		view->unit->id < view->manager->runtime_count ? view->manager->runtimes[view->unit->id] : NULL;

	(void)argument;
	write_string(view->to, runtime && runtime->invocation_id[0] ? runtime->invocation_id : NULL);
}

struct edge_walk {
	struct property_view *view;
	uint64_t mask;
	unit_id last;
};

static bool write_edge(void *context, const struct edge_view *edge)
{
	struct edge_walk *walk = context;
	const struct unit *other = core_unit(walk->view->manager->core, edge->other);

	if (walk->mask >> (2 * edge->kind + edge->inverse) & 1 && other && edge->other != walk->last) {
		write_string(walk->view->to, other->definition->name);
		walk->last = edge->other;
	}
	return true;
}

static void write_edges(struct property_view *view, uint64_t mask)
{
	struct edge_walk walk = { .view = view, .mask = mask, .last = UNIT_ID_NONE };

	write_begin_array(view->to);
	core_each_edge(view->manager->core, view->unit->id, write_edge, &walk);
	write_end_array(view->to);
}

#define TIMESTAMP(name, field)                                                                                         \
	{ name "Timestamp", write_realtime, offsetof(struct unit, field) },                                            \
	{                                                                                                              \
		name "TimestampMonotonic", write_monotonic, offsetof(struct unit, field)                               \
	}

const struct property_row unit_property_rows[] = {
	{ "Id", write_definition_text, DEFINITION(name) },
	{ "Names", write_names, 0 },
	{ "Description", write_description, 0 },
	{ "Documentation", write_documentation, 0 },
	{ "LoadState", write_load_state, 0 },
	{ "LoadError", write_definition_text, DEFINITION(load_error) },
	{ "ActiveState", write_active_state, 0 },
	{ "SubState", write_sub_state, 0 },
	{ "FragmentPath", write_definition_text, DEFINITION(fragment_path) },
	{ "DropInPaths", write_definition_list, DEFINITION(drop_in_paths) },
	{ "UnitFileState", write_unit_file_state, 0 },
	{ "UnitFilePreset", write_unit_file_preset, 0 },
	{ "SourcePath", write_source_path, 0 },
	{ "NeedDaemonReload", write_need_daemon_reload, 0 },
	{ "NeedRestart", write_need_restart, 0 },
	{ "Job", write_job, 0 },
	{ "JobDetails", write_job_object, 0 },
	TIMESTAMP("StateChange", state_change),
	TIMESTAMP("ActiveEnter", active_enter),
	TIMESTAMP("ActiveExit", active_exit),
	TIMESTAMP("InactiveEnter", inactive_enter),
	TIMESTAMP("InactiveExit", inactive_exit),
	TIMESTAMP("Condition", condition_time),
	{ "ConditionResult", write_checked, UNIT(condition_result) },
	{ "AssertResult", write_checked, UNIT(assert_result) },
	{ "Conditions", write_conditions, false },
	{ "Asserts", write_conditions, true },
	{ "InvocationID", write_invocation_id, 0 },
	{ "CanStart", write_can_start, 0 },
	{ "CanStop", write_can_stop, 0 },
	{ "CanReload", write_can_reload, 0 },
	{ "CanIsolate", write_option_flag, OPTIONS(allow_isolate) },
	{ "RefuseManualStart", write_option_flag, OPTIONS(refuse_manual_start) },
	{ "RefuseManualStop", write_option_flag, OPTIONS(refuse_manual_stop) },
	{ "AllowIsolate", write_option_flag, OPTIONS(allow_isolate) },
	{ "IgnoreOnIsolate", write_option_flag, OPTIONS(ignore_on_isolate) },
	{ "StopWhenUnneeded", write_option_flag, OPTIONS(stop_when_unneeded) },
	{ "StartLimitIntervalUSec", write_option_usec, OPTIONS(start_limit_interval) },
	{ "StartLimitBurst", write_start_limit_burst, 0 },
	{ "StartLimitAction", write_option_action, OPTIONS(start_limit_action) },
	{ "FailureAction", write_option_action, OPTIONS(failure_action) },
	{ "SuccessAction", write_option_action, OPTIONS(success_action) },
	{ "FailureActionExitStatus", write_option_exit_status, OPTIONS(failure_action_exit_status) },
	{ "SuccessActionExitStatus", write_option_exit_status, OPTIONS(success_action_exit_status) },
	{ "JobTimeoutUSec", write_option_usec, OPTIONS(job_timeout) },
	{ "JobRunningTimeoutUSec", write_option_usec, OPTIONS(job_running_timeout) },
	{ "JobTimeoutAction", write_option_action, OPTIONS(job_timeout_action) },
	{ "BlockedBy", write_blocked_by, 0 },
	{ "FailureText", write_unit_text, UNIT(failure) },
	{ "Wanted", write_unit_flag, UNIT(wanted) },
	{ "Requires", write_edges, EDGE(REQUIRES) },
	{ "RequiredBy", write_edges, INVERSE(REQUIRES) },
	{ "Requisite", write_edges, EDGE(REQUISITE) },
	{ "RequisiteOf", write_edges, INVERSE(REQUISITE) },
	{ "Wants", write_edges, EDGE(WANTS) },
	{ "WantedBy", write_edges, INVERSE(WANTS) },
	{ "BindsTo", write_edges, EDGE(BINDS_TO) },
	{ "BoundBy", write_edges, INVERSE(BINDS_TO) },
	{ "PartOf", write_edges, EDGE(PART_OF) },
	{ "ConsistsOf", write_edges, INVERSE(PART_OF) },
	{ "Upholds", write_edges, EDGE(UPHOLDS) },
	{ "UpheldBy", write_edges, INVERSE(UPHOLDS) },
	{ "Conflicts", write_edges, EDGE(CONFLICTS) },
	{ "ConflictedBy", write_edges, INVERSE(CONFLICTS) },
	{ "Before", write_edges, EDGE(BEFORE) | INVERSE(AFTER) },
	{ "After", write_edges, EDGE(AFTER) | INVERSE(BEFORE) },
	{ "OnFailure", write_edges, EDGE(ON_FAILURE) },
	{ "OnFailureOf", write_edges, INVERSE(ON_FAILURE) },
	{ "OnSuccess", write_edges, EDGE(ON_SUCCESS) },
	{ "OnSuccessOf", write_edges, INVERSE(ON_SUCCESS) },
	{ "PropagatesReloadTo", write_edges, EDGE(PROPAGATES_RELOAD_TO) | INVERSE(RELOAD_PROPAGATED_FROM) },
	{ "ReloadPropagatedFrom", write_edges, EDGE(RELOAD_PROPAGATED_FROM) | INVERSE(PROPAGATES_RELOAD_TO) },
	{ "PropagatesStopTo", write_edges, EDGE(PROPAGATES_STOP_TO) | INVERSE(STOP_PROPAGATED_FROM) },
	{ "StopPropagatedFrom", write_edges, EDGE(STOP_PROPAGATED_FROM) | INVERSE(PROPAGATES_STOP_TO) },
	{ "JoinsNamespaceOf", write_edges, EDGE(JOINS_NAMESPACE_OF) | INVERSE(JOINS_NAMESPACE_OF) },
	{ "Triggers", write_edges, EDGE(TRIGGERS) },
	{ "TriggeredBy", write_edges, INVERSE(TRIGGERS) },
	{ 0 },
};

static const struct property_row *const tables_of_all[] = { unit_property_rows, unit_setting_rows, NULL };
static const struct property_row *const tables_of_services[] = { unit_property_rows,     unit_setting_rows,
								 service_property_rows,  exec_property_rows,
								 exec_setting_rows,      sandbox_property_rows,
								 resource_property_rows, NULL };
static const struct property_row *const tables_of_slices[] = { unit_property_rows, unit_setting_rows,
							       resource_property_rows, slice_property_rows, NULL };

static const struct property_row *const tables_of_timers[] = { unit_property_rows, unit_setting_rows,
							       timer_property_rows, NULL };

static const struct property_row *const tables_of_sockets[] = { unit_property_rows, unit_setting_rows,
								socket_property_rows, NULL };

const struct property_row *const *unit_property_tables(const struct unit_definition *definition)
{
	if (definition->type == UNIT_SLICE)
		return tables_of_slices;
	if (definition->service)
		return tables_of_services;
	if (definition->timer)
		return tables_of_timers;
	return definition->socket ? tables_of_sockets : tables_of_all;
}

void unit_write_properties(struct json_writer *writer, struct manager *manager, const struct unit *unit,
			   bool (*wanted)(const char *name, void *context), void *context)
{
	struct property_view view = {
		.to = writer,
		.manager = manager,
		.unit = unit,
		.definition = unit->definition,
		.service = unit->definition->service,
	};
	const struct property_row *const *table = unit_property_tables(unit->definition);

	write_begin_object(writer);
	for (; *table; table++) {
		for (const struct property_row *row = *table; row->name; row++) {
			if (wanted && !wanted(row->name, context))
				continue;
			write_key(writer, row->name);
			row->write(&view, row->argument);
		}
	}
	write_end_object(writer);
}
