/* What all the files of a service say together: defaults that hang on other keys, and what systemd refuses to run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

static bool is_empty(const struct exit_status_set *set)
{
	return !set->signals && !(set->statuses[0] | set->statuses[1] | set->statuses[2] | set->statuses[3]);
}

static int choose_type(struct unit_load *load)
{
	struct service_definition *service = load->definition->service;

	if (!load->type_given)
		service->type = service->options->bus_name              ? SERVICE_DBUS
				: service->phases[EXEC_START].count > 0 ? SERVICE_SIMPLE
									: SERVICE_ONESHOT;
	if (service->type == SERVICE_ONESHOT && !load->timeout_start_given) {
		struct service_options *options = unit_definition_own_service_options(load->definition);
		if (!options)
			return -ENOMEM;
		options->timeout_start = USEC_INFINITY;
	}
	return 0;
}

static int choose_notify_access(struct unit_load *load)
{
	const struct service_definition *service = load->definition->service;
	bool needed = service->type == SERVICE_NOTIFY || service->type == SERVICE_NOTIFY_RELOAD ||
		      service->options->watchdog > 0;

	if (!needed || service->options->notify_access != NOTIFY_ACCESS_NONE)
		return 0;
	struct service_options *options = unit_definition_own_service_options(load->definition);
	if (!options)
		return -ENOMEM;
	options->notify_access = NOTIFY_ACCESS_MAIN;
	return 0;
}

/* PermissionsStartOnly=: what is not ExecStart= runs as '+' would have it. */
static void apply_permissions_start_only(struct unit_load *load)
{
	struct service_definition *service = load->definition->service;

	if (!load->permissions_start_only)
		return;
	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		for (unsigned i = 0; phase != EXEC_START && i < service->phases[phase].count; i++)
			if (!(service->phases[phase].commands[i].flags & (EXEC_NO_SETUID | EXEC_AMBIENT)))
				service->phases[phase].commands[i].flags |= EXEC_FULLY_PRIVILEGED;
}

static bool oneshot_may_restart(enum service_restart restart)
{
	return restart != RESTART_ALWAYS && restart != RESTART_ON_SUCCESS;
}

/* The reason why it cannot run, as systemd sees it too; NULL: it can. */
static const char *contradiction(const struct unit_definition *definition)
{
	const struct service_definition *service = definition->service;
	const struct service_options *options = service->options;
	bool oneshot = service->type == SERVICE_ONESHOT, started = service->phases[EXEC_START].count > 0;
	bool acts = definition->options->success_action != EMERGENCY_ACTION_NONE;

	if (!started && service->phases[EXEC_STOP].count == 0 && !acts)
		return "the service has no ExecStart=, ExecStop= or SuccessAction=";
	if (!started && !oneshot)
		return "only Type=oneshot services can do without ExecStart=";
	if (!started && !options->remain_after_exit && !acts)
		return "a service without ExecStart= and SuccessAction= needs RemainAfterExit=yes";
	if (service->phases[EXEC_START].count > 1 && !oneshot)
		return "more than one ExecStart= is only for Type=oneshot services";
	if (oneshot && !oneshot_may_restart(options->restart))
		return "Restart=always and Restart=on-success are not for Type=oneshot services";
	if (oneshot && !is_empty(&options->restart_force_exit))
		return "RestartForceExitStatus= is not for Type=oneshot services";
	if (service->type == SERVICE_DBUS && !options->bus_name)
		return "Type=dbus needs BusName=";
	if (service->type == SERVICE_FORKING && options->exit_type == EXIT_TYPE_CGROUP)
		return "ExitType=cgroup is not for Type=forking services";
	return NULL;
}

static void check_oddities(struct unit_load *load)
{
	const struct service_definition *service = load->definition->service;

	if (service->options->bus_name && service->type != SERVICE_DBUS)
		load_report(load, DIAGNOSTIC_NOTE, "BusName= has no effect without Type=dbus");
	if (service->type == SERVICE_ONESHOT && service->options->runtime_max != USEC_INFINITY)
		load_report(load, DIAGNOSTIC_WARNING, "RuntimeMaxSec= has no effect with Type=oneshot");
	if (service->options->kill_mode == KILL_MODE_NONE)
		load_report(load, DIAGNOSTIC_WARNING, "KillMode=none leaves processes behind when the unit stops");
	if (service->exec->limits[RLIMIT_NPROC].set && !service->exec->user && load_explains(load))
		load_report(load, DIAGNOSTIC_NOTE, "LimitNPROC= counts the processes of the user, here root's");
}

/* A user who comes and goes must leave nothing behind that another one would find: systemd.exec(5), DynamicUser=. */
static int apply_dynamic_user(struct unit_load *load)
{
	struct exec_options *exec = (struct exec_options *)load->definition->service->exec;

	if (!exec->dynamic_user)
		return 0;
	struct sandbox *sandbox = unit_definition_own_sandbox(load->definition);
	if (!sandbox)
		return -ENOMEM;
	sandbox->protect_system = PROTECT_SYSTEM_STRICT;
	if (!sandbox->protect_home)
		sandbox->protect_home = PROTECT_HOME_READ_ONLY;
	if (!sandbox->private_tmp)
		sandbox->private_tmp = PRIVATE_TMP_CONNECTED;
	sandbox->restrict_suid_sgid = true;
	exec->no_new_privileges = true;
	exec->remove_ipc = true;
	return 0;
}

static void apply_refusals(struct unit_load *load)
{
	char **not_enforced = load->definition->service->exec->not_enforced;

	if (load->sandbox_required && not_enforced && *not_enforced)
		load_reject(load, "SandboxRequired=yes, but %s is not enforced here", *not_enforced);
	if (load->definition->service->exec->sandbox)
		load->definition->service->exec->sandbox->required = load->sandbox_required;
	load->path = load->refused_path;
	load->line = load->refused_line;
	if (load->refused && load->refused_ignored)
		load_report(load, DIAGNOSTIC_WARNING, "started all the same: %s", load->refused);
	else if (load->refused)
		load_reject(load, "%s", load->refused);
	load->line = 0;
}

static void check_socket(struct unit_load *load)
{
	load->path = load->definition->fragment_path;
	if (load->definition->load_state == LOAD_STATE_LOADED && load->definition->socket->listen_count == 0)
		load_reject(load, "the socket unit has no ListenStream= or other address that it could listen on");
	load->path = NULL;
}

static void check_timer(struct unit_load *load)
{
	const struct timer_definition *timer = load->definition->timer;

	load->path = load->definition->fragment_path;
	if (load->definition->load_state == LOAD_STATE_LOADED && timer->line_count == 0 && !timer->on_clock_change &&
	    !timer->on_timezone_change)
		load_reject(load, "the timer has no OnCalendar=, OnBootSec= or other moment");
	load->path = NULL;
}

int load_finish(struct unit_load *load)
{
	struct unit_definition *definition = load->definition;
	int r = 0;

	if (definition->timer)
		check_timer(load);
	if (definition->socket)
		check_socket(load);
	if (!definition->service)
		return definition->type == UNIT_MOUNT ? load_mount_presence(load) : 0;
	r = choose_type(load);
	if (r == 0)
		r = choose_notify_access(load);
	if (r < 0)
		return r;
	apply_permissions_start_only(load);
	r = apply_dynamic_user(load);
	if (r < 0)
		return r;
	const char *problem = contradiction(definition);
	load->path = definition->fragment_path;
	if (problem && definition->load_state == LOAD_STATE_LOADED)
		load_reject(load, "%s", problem);
	check_oddities(load);
	apply_refusals(load);
	load->path = NULL;
	return 0;
}
