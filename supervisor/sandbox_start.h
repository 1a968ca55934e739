/*
 * Starts through svexec. The process is there at once, but has still to make its sandbox: the core is told of it (or of
 * the step that failed) when svexec has reported, so that svinit never waits for a mount or a name service.
 */
#ifndef SVINIT_SANDBOX_START_H
#define SVINIT_SANDBOX_START_H

#include "supervisor/manager.h"
#include "supervisor/os/reaper.h"
#include "supervisor/start_recipe.h"

/* Whether the command goes through svexec. */
bool sandbox_start_is_needed(const struct start_recipe *recipe, const struct unit *unit,
			     const struct exec_command *command, bool user_mode);

/* Turns a finished recipe into one that starts svexec with it. 0, or -errno with step and cause. */
int sandbox_start_wrap(struct manager *manager, const struct unit *unit, struct start_recipe *recipe,
		       struct spawn_error *error, struct cause *cause);

/* The end of the line that svexec reports to, for the caller to keep; -1: it is no start through svexec. */
int sandbox_line_take(struct sandbox_line *line);

/* svexec is the unit's process now: takes `reports` over and waits for them. false: out of memory, and nobody will. */
bool sandbox_start_begin(struct manager *manager, unit_id unit, enum process_role role, int reports);

/* A process of the unit was reaped. true: it was svexec, which had not become the service; the core knows now. */
bool sandbox_start_exited(struct manager *manager, unit_id unit, enum process_role role,
			  const struct exited_child *child);

/* When the first of those that svexec is late with is given up; USEC_INFINITY. */
usec sandbox_start_deadline(const struct manager *manager);
void sandbox_start_expire(struct manager *manager, usec now);

void sandbox_start_forget_all(struct manager *manager);

/* RemoveIPC=: what the unit's user left, likewise. */
void sandbox_start_remove_ipc(struct manager *manager, const struct unit *unit);

/* Removes directories and all in them, by a process that nobody waits for. The list ends with NULL. */
void sandbox_start_remove(struct manager *manager, const char *const *directories);

#endif
