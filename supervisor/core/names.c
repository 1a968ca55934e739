/* The words of systemd's properties for the core's enumerations, and back for the few that are read. */
#include <string.h>

#include "supervisor/core/core.h"

#define NAMES_OF(table, count) _Static_assert(sizeof(table) / sizeof *(table) == (count), "a word for each value")

static const char *name_of(const char *const *names, size_t count, size_t value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

#define LOOK_UP(table, value) name_of(table, sizeof(table) / sizeof *(table), (size_t)(value))

static const char *const unit_types[] = {
	[UNIT_SERVICE] = "service", [UNIT_SOCKET] = "socket",       [UNIT_TARGET] = "target", [UNIT_DEVICE] = "device",
	[UNIT_MOUNT] = "mount",     [UNIT_AUTOMOUNT] = "automount", [UNIT_SWAP] = "swap",     [UNIT_TIMER] = "timer",
	[UNIT_PATH] = "path",       [UNIT_SLICE] = "slice",         [UNIT_SCOPE] = "scope",
};
NAMES_OF(unit_types, UNIT_TYPE_COUNT);

static const char *const load_states[] = {
	[LOAD_STATE_STUB] = "stub",           [LOAD_STATE_LOADED] = "loaded",
	[LOAD_STATE_NOT_FOUND] = "not-found", [LOAD_STATE_BAD_SETTING] = "bad-setting",
	[LOAD_STATE_ERROR] = "error",         [LOAD_STATE_MASKED] = "masked",
};
NAMES_OF(load_states, LOAD_STATE_COUNT);

const char *const job_mode_names[JOB_MODE_COUNT + 1] = {
	[JOB_MODE_REPLACE] = "replace",
	[JOB_MODE_FAIL] = "fail",
	[JOB_MODE_ISOLATE] = "isolate",
	[JOB_MODE_FLUSH] = "flush",
	[JOB_MODE_REPLACE_IRREVERSIBLY] = "replace-irreversibly",
	[JOB_MODE_IGNORE_DEPENDENCIES] = "ignore-dependencies",
	[JOB_MODE_IGNORE_REQUIREMENTS] = "ignore-requirements",
};

static const char *const dependency_kinds[] = {
	[DEPENDENCY_REQUIRES] = "Requires",
	[DEPENDENCY_REQUISITE] = "Requisite",
	[DEPENDENCY_WANTS] = "Wants",
	[DEPENDENCY_BINDS_TO] = "BindsTo",
	[DEPENDENCY_PART_OF] = "PartOf",
	[DEPENDENCY_UPHOLDS] = "Upholds",
	[DEPENDENCY_CONFLICTS] = "Conflicts",
	[DEPENDENCY_BEFORE] = "Before",
	[DEPENDENCY_AFTER] = "After",
	[DEPENDENCY_ON_FAILURE] = "OnFailure",
	[DEPENDENCY_ON_SUCCESS] = "OnSuccess",
	[DEPENDENCY_PROPAGATES_RELOAD_TO] = "PropagatesReloadTo",
	[DEPENDENCY_RELOAD_PROPAGATED_FROM] = "ReloadPropagatedFrom",
	[DEPENDENCY_PROPAGATES_STOP_TO] = "PropagatesStopTo",
	[DEPENDENCY_STOP_PROPAGATED_FROM] = "StopPropagatedFrom",
	[DEPENDENCY_JOINS_NAMESPACE_OF] = "JoinsNamespaceOf",
	[DEPENDENCY_TRIGGERS] = "Triggers",
};
NAMES_OF(dependency_kinds, DEPENDENCY_KIND_COUNT);

static const char *const inverse_kinds[] = {
	[DEPENDENCY_REQUIRES] = "RequiredBy",
	[DEPENDENCY_REQUISITE] = "RequisiteOf",
	[DEPENDENCY_WANTS] = "WantedBy",
	[DEPENDENCY_BINDS_TO] = "BoundBy",
	[DEPENDENCY_PART_OF] = "ConsistsOf",
	[DEPENDENCY_UPHOLDS] = "UpheldBy",
	[DEPENDENCY_CONFLICTS] = "ConflictedBy",
	[DEPENDENCY_BEFORE] = "After",
	[DEPENDENCY_AFTER] = "Before",
	[DEPENDENCY_ON_FAILURE] = "OnFailureOf",
	[DEPENDENCY_ON_SUCCESS] = "OnSuccessOf",
	[DEPENDENCY_PROPAGATES_RELOAD_TO] = "ReloadPropagatedFrom",
	[DEPENDENCY_RELOAD_PROPAGATED_FROM] = "PropagatesReloadTo",
	[DEPENDENCY_PROPAGATES_STOP_TO] = "StopPropagatedFrom",
	[DEPENDENCY_STOP_PROPAGATED_FROM] = "PropagatesStopTo",
	[DEPENDENCY_JOINS_NAMESPACE_OF] = "JoinsNamespaceOf",
	[DEPENDENCY_TRIGGERS] = "TriggeredBy",
};
NAMES_OF(inverse_kinds, DEPENDENCY_KIND_COUNT);

static const char *const active_states[] = {
	[ACTIVE_STATE_INACTIVE] = "inactive",
	[ACTIVE_STATE_ACTIVATING] = "activating",
	[ACTIVE_STATE_ACTIVE] = "active",
	[ACTIVE_STATE_RELOADING] = "reloading",
	[ACTIVE_STATE_DEACTIVATING] = "deactivating",
	[ACTIVE_STATE_FAILED] = "failed",
	[ACTIVE_STATE_MAINTENANCE] = "maintenance",
};
NAMES_OF(active_states, ACTIVE_STATE_COUNT);

static const char *const sub_states[] = {
	[SUB_DEAD] = "dead",
	[SUB_CONDITION] = "condition",
	[SUB_START_PRE] = "start-pre",
	[SUB_START] = "start",
	[SUB_START_POST] = "start-post",
	[SUB_RUNNING] = "running",
	[SUB_EXITED] = "exited",
	[SUB_RELOAD] = "reload",
	[SUB_RELOAD_SIGNAL] = "reload-signal",
	[SUB_RELOAD_NOTIFY] = "reload-notify",
	[SUB_STOP] = "stop",
	[SUB_STOP_WATCHDOG] = "stop-watchdog",
	[SUB_STOP_SIGTERM] = "stop-sigterm",
	[SUB_STOP_SIGKILL] = "stop-sigkill",
	[SUB_STOP_POST] = "stop-post",
	[SUB_FINAL_WATCHDOG] = "final-watchdog",
	[SUB_FINAL_SIGTERM] = "final-sigterm",
	[SUB_FINAL_SIGKILL] = "final-sigkill",
	[SUB_FAILED] = "failed",
	[SUB_DEAD_BEFORE_AUTO_RESTART] = "dead-before-auto-restart",
	[SUB_FAILED_BEFORE_AUTO_RESTART] = "failed-before-auto-restart",
	[SUB_AUTO_RESTART] = "auto-restart",
	[SUB_AUTO_RESTART_QUEUED] = "auto-restart-queued",
	[SUB_CLEANING] = "cleaning",
	[SUB_ACTIVE] = "active",
	[SUB_WAITING] = "waiting",
	[SUB_ELAPSED] = "elapsed",
	[SUB_START_CHOWN] = "start-chown",
	[SUB_LISTENING] = "listening",
};
NAMES_OF(sub_states, SUB_STATE_COUNT);

static const char *const unit_results[] = {
	[RESULT_SUCCESS] = "success",
	[RESULT_PROTOCOL] = "protocol",
	[RESULT_TIMEOUT] = "timeout",
	[RESULT_EXIT_CODE] = "exit-code",
	[RESULT_SIGNAL] = "signal",
	[RESULT_CORE_DUMP] = "core-dump",
	[RESULT_WATCHDOG] = "watchdog",
	[RESULT_START_LIMIT_HIT] = "start-limit-hit",
	[RESULT_OOM_KILL] = "oom-kill",
	[RESULT_RESOURCES] = "resources",
	[RESULT_EXEC_CONDITION] = "exec-condition",
	[RESULT_HEALTH_CHECK] = "health-check",
	[RESULT_TRIGGER_LIMIT_HIT] = "trigger-limit-hit",
	[RESULT_SERVICE_START_LIMIT_HIT] = "service-start-limit-hit",
};
NAMES_OF(unit_results, RESULT_COUNT);

static const char *const job_types[] = {
	[JOB_NONE] = "none",
	[JOB_START] = "start",
	[JOB_VERIFY_ACTIVE] = "verify-active",
	[JOB_STOP] = "stop",
	[JOB_RELOAD] = "reload",
	[JOB_RESTART] = "restart",
	[JOB_RELOAD_OR_START] = "reload-or-start",
};
NAMES_OF(job_types, JOB_TYPE_COUNT);

static const char *const job_states[] = { [JOB_WAITING] = "waiting", [JOB_RUNNING] = "running" };

static const char *const job_results[] = {
	[JOB_DONE] = "done",       [JOB_CANCELED] = "canceled",     [JOB_TIMEOUT] = "timeout",
	[JOB_FAILED] = "failed",   [JOB_DEPENDENCY] = "dependency", [JOB_SKIPPED] = "skipped",
	[JOB_INVALID] = "invalid", [JOB_ASSERT] = "assert",         [JOB_UNSUPPORTED] = "unsupported",
	[JOB_ONCE] = "once",       [JOB_REFUSED] = "refused",
};
NAMES_OF(job_results, JOB_RESULT_COUNT);

const char *unit_type_name(enum unit_type type)
{
	return LOOK_UP(unit_types, type);
}

enum unit_type unit_type_from_name(const char *unit_name)
{
	const char *suffix = unit_name ? strrchr(unit_name, '.') : NULL;

	if (!suffix)
		return UNIT_TYPE_INVALID;
	for (unsigned type = 0; type < UNIT_TYPE_COUNT; type++)
		if (strcmp(suffix + 1, unit_types[type]) == 0)
			return (enum unit_type)type;
	return UNIT_TYPE_INVALID;
}

const char *load_state_name(enum load_state state)
{
	return LOOK_UP(load_states, state);
}

const char *dependency_kind_name(enum dependency_kind kind)
{
	return LOOK_UP(dependency_kinds, kind);
}

const char *edge_property_name(enum dependency_kind kind, bool inverse)
{
	return inverse ? LOOK_UP(inverse_kinds, kind) : LOOK_UP(dependency_kinds, kind);
}

const char *active_state_name(enum active_state state)
{
	return LOOK_UP(active_states, state);
}

const char *sub_state_name(enum sub_state state)
{
	return LOOK_UP(sub_states, state);
}

const char *unit_result_name(enum unit_result result)
{
	return LOOK_UP(unit_results, result);
}

const char *job_type_name(enum job_type type)
{
	return LOOK_UP(job_types, type);
}

const char *job_state_name(enum job_state state)
{
	return LOOK_UP(job_states, state);
}

const char *job_result_name(enum job_result result)
{
	return LOOK_UP(job_results, result);
}
