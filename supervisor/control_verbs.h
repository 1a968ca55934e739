/*
 * What clients of the control socket may ask for: rows of {method, permission, handler}, denied unless permitted. The
 * interface is described in org.svinit.Supervisor.varlink.
 */
#ifndef SVINIT_CONTROL_VERBS_H
#define SVINIT_CONTROL_VERBS_H

#include "supervisor/manager.h"

/* Opens RDIR/control. -EADDRINUSE: another svinit runs on this runtime directory. */
int control_verbs_open(struct manager *manager, const char *path, struct control_verbs **verbs, struct cause *cause);
void control_verbs_close(struct control_verbs *verbs);

/* The manager passes on what the core answers and publishes. Cheap when nobody listens. */
void control_verbs_answer(struct control_verbs *verbs, const struct action *action); /* ACTION_ANSWER */
void control_verbs_unit_changed(struct control_verbs *verbs, unit_id unit);
void control_verbs_job_changed(struct control_verbs *verbs, const struct action *action); /* ACTION_JOB_CHANGED */

/* svlog has done all that it was asked to before, up to the question with this number. */
void control_verbs_logs_written(struct control_verbs *verbs, uint32_t number);

usec control_verbs_deadline(const struct control_verbs *verbs);
void control_verbs_expire(struct control_verbs *verbs, usec now);
/* Another svinit was asked to execute this one: whoever asked is told. */
void control_verbs_reexecuted(struct control_verbs *verbs);

#endif
