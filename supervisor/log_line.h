/*
 * The line to svlog: starts it, starts it again when it dies, tells it of every stream and gives it svinit's own words.
 *
 * svinit keeps a descriptor of every pipe, so what services print waits there while no svlog lives. What does not fit
 * into the line at once is sent when there is room: streams are announced from the table of units, svinit's own
 * records are dropped and counted.
 */
#ifndef SVINIT_LOG_LINE_H
#define SVINIT_LOG_LINE_H

#include "supervisor/manager.h"

/* Makes the line and starts svlog. Without svlog (not installed) the line stays closed and says why. 0 or -errno. */
int log_line_open(struct manager *manager, struct cause *cause);

/* Gives svlog the order to write everything and end; log_line_close() once it has (or at the deadline). */
void log_line_finish(struct manager *manager);
void log_line_close(struct manager *manager);

/* True while services can be given pipes: svlog runs or will run again. */
bool log_line_is_open(const struct manager *manager);

/* Opens the pipes of a unit if it has none yet and tells svlog of them, with the unit's present log options. */
int log_line_add_unit(struct manager *manager, unit_id unit, struct cause *cause);

/* Tells svlog of all pipes that there are, after they came from an earlier svinit. */
void log_line_announce_all(struct manager *manager);

/* Sends what was posted (records, ends of lines): before svinit waits, and before what may print more is started. */
void log_line_push(struct manager *manager);

/* The unit is down: a last line without an end ends here, rather than to be joined with the first of the next run. */
void log_line_end_lines(struct manager *manager, unit_id unit);

/*
 * Asks svlog to tell when it has written all that was printed until now; late_answer_written() is called with the
 * number that this returns. 0: it cannot be asked.
 */
uint32_t log_line_flush(struct manager *manager);

/* Begins a new log file for the unit ("": for all). 0 or -errno: it was not asked. */
int log_line_rotate(struct manager *manager, const char *unit);

/* A reaped child was svlog. */
bool log_line_exited(struct manager *manager, pid_t pid);

/* Whether svlog has ended, and the process itself while not. */
bool log_line_is_running(const struct manager *manager);

/* A copy of the descriptor goes into svlog's vault; -1: the one of that name is closed there. */
void log_line_vault(struct manager *manager, const char *name, int fd);

/* What the next svinit needs to know of svlog; it finds the ends of the line and the journal among the keepsakes. */
struct log_line_state log_line_state(const struct manager *manager);

/* Whether the pid is svlog's. */
bool log_line_is_process(const struct manager *manager, pid_t pid);

void log_line_record(struct manager *manager, enum record_level level, const char *unit, const char *text);

/* Has svinit's log tell that another run begins here. */
void log_line_begin_run(struct manager *manager);

usec log_line_deadline(const struct manager *manager);
void log_line_expire(struct manager *manager, usec now);

#endif
