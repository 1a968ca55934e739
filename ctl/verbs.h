/* The descriptors of all verbs, and what families of them share. */
#ifndef SVCTL_VERBS_H
#define SVCTL_VERBS_H

#include <jansson.h>

#include "ctl/verb.h"

extern const struct verb verb_kexec, verb_switch_root;
extern const struct verb verb_start, verb_stop, verb_restart, verb_try_restart, verb_reload, verb_reload_or_restart,
	verb_reload_or_try_restart, verb_isolate, verb_default, verb_rescue, verb_kill, verb_freeze, verb_thaw,
	verb_reset_failed, verb_cancel;
extern const struct verb verb_status, verb_show, verb_cat, verb_list, verb_list_units, verb_list_jobs,
	verb_list_dependencies, verb_is_active, verb_is_failed, verb_is_system_running, verb_why, verb_tree,
	verb_monitor, verb_wait, verb_verify, verb_diff, verb_import, verb_calendar, verb_logs, verb_security;
extern const struct verb verb_enable, verb_disable, verb_reenable, verb_preset, verb_preset_all, verb_mask, verb_unmask,
	verb_link, verb_revert, verb_edit, verb_add_wants, verb_add_requires, verb_list_unit_files, verb_is_enabled,
	verb_get_default, verb_set_default, verb_list_timers, verb_list_sockets, verb_emergency, verb_show_environment,
	verb_set_environment, verb_unset_environment, verb_import_environment, verb_clean;
extern const struct verb verb_rotate, verb_set_property, verb_metrics;
extern const struct verb verb_daemon_reexec;
extern const struct verb verb_escape, verb_daemon_reload, verb_exit, verb_poweroff, verb_reboot, verb_halt, verb_help;

/*
 * Has a method that makes jobs run for the units (names in full or as typed), reports what failed and returns the exit
 * status. mode may be NULL.
 */
int run_jobs(struct context *context, const char *method, json_t *units, const char *mode);

/* Prints the process trees of the units named, or of all. */
int run_tree(struct context *context);

#endif
