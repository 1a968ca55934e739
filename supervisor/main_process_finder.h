/* Which process is a forking service's main one: what its PID file says, or the one that is left in the unit. */
#ifndef SVINIT_MAIN_PROCESS_FINDER_H
#define SVINIT_MAIN_PROCESS_FINDER_H

#include "supervisor/manager.h"

/*
 * Answers with EVENT_MAIN_PROCESS: at once, or with `wait` when a PID file that is not there yet (or names nobody)
 * turns up; the file's directory is watched with inotify(7) until main_process_finder_forget().
 */
void main_process_finder_find(struct manager *manager, unit_id unit, bool wait);
/*
 * The main process of a running unit has ended. When its PID file names another one that lives, it has handed over, as
 * daemons do that are upgraded while they run: that one is the main process now. False: it has not.
 */
bool main_process_finder_succeed(struct manager *manager, unit_id unit, pid_t ended);
/* The unit no longer waits for its PID file. */
void main_process_finder_forget(struct manager *manager, unit_id unit);
void main_process_finder_close(struct manager *manager);

/*
 * Makes a process the unit's main one (PID file, MAINPID=): takes hold of it, and watches it if it is no child of
 * ours. -ESRCH: gone; -EPERM with a cause: it is not the unit's, which only `trusted` information may say it is (a PID
 * file of root's).
 */
int main_process_adopt(struct manager *manager, unit_id unit, pid_t pid, bool trusted, struct cause *cause);
/* Watches a process of the unit that is no child of ours; its end is told by child_events_stranger_ended(). */
int main_process_watch(struct manager *manager, unit_id unit, enum process_role role, const struct process *process);

#endif
