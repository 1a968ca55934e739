/*
 * Answers that wait for the logger: who hears that a start failed wants to see what the unit printed last, and so the
 * answer goes out once svlog has written it, or a moment later.
 */
#ifndef SVINIT_LATE_ANSWER_H
#define SVINIT_LATE_ANSWER_H

#include "supervisor/manager.h"

/* Takes over an ACTION_ANSWER (and its text) that tells of a failure. false: it is to be given at once. */
bool late_answer_take(struct manager *manager, struct action *action);
/* svlog has written all that was asked about with this number, and before. */
void late_answer_written(struct manager *manager, uint32_t number);
usec late_answer_deadline(const struct manager *manager);
void late_answer_expire(struct manager *manager, usec now);
void late_answer_forget_all(struct manager *manager);

#endif
