#include "ctl/verbs.h"

#include <string.h>

/* In the order of the help. */
const struct verb *const verbs[] = {
	&verb_list,
	&verb_status,
	&verb_tree,
	&verb_why,
	&verb_logs,
	&verb_rotate,
	&verb_monitor,
	&verb_metrics,
	&verb_start,
	&verb_stop,
	&verb_restart,
	&verb_try_restart,
	&verb_reload,
	&verb_reload_or_restart,
	&verb_reload_or_try_restart,
	&verb_kill,
	&verb_freeze,
	&verb_thaw,
	&verb_wait,
	&verb_reset_failed,
	&verb_clean,
	&verb_isolate,
	&verb_default,
	&verb_rescue,
	&verb_emergency,
	&verb_show,
	&verb_cat,
	&verb_list_units,
	&verb_list_timers,
	&verb_list_sockets,
	&verb_list_dependencies,
	&verb_list_jobs,
	&verb_cancel,
	&verb_is_active,
	&verb_is_failed,
	&verb_is_system_running,
	&verb_diff,
	&verb_import,
	&verb_list_unit_files,
	&verb_is_enabled,
	&verb_enable,
	&verb_disable,
	&verb_reenable,
	&verb_preset,
	&verb_preset_all,
	&verb_mask,
	&verb_unmask,
	&verb_link,
	&verb_edit,
	&verb_set_property,
	&verb_revert,
	&verb_add_wants,
	&verb_add_requires,
	&verb_get_default,
	&verb_set_default,
	&verb_show_environment,
	&verb_set_environment,
	&verb_unset_environment,
	&verb_import_environment,
	&verb_daemon_reload,
	&verb_daemon_reexec,
	&verb_verify,
	&verb_escape,
	&verb_security,
	&verb_calendar,
	&verb_exit,
	&verb_poweroff,
	&verb_reboot,
	&verb_kexec,
	&verb_halt,
	&verb_switch_root,
	&verb_help,
	NULL,
};

static bool is_called(const struct verb *verb, const char *name)
{
	if (strcmp(verb->name, name) == 0)
		return true;
	for (const char *const *alias = verb->aliases; alias && *alias; alias++)
		if (strcmp(*alias, name) == 0)
			return true;
	return false;
}

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; verbs[i]; i++)
		if (is_called(verbs[i], name))
			return verbs[i];
	return NULL;
}
