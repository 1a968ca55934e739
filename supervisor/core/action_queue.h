/* Putting actions into the queue. Taking them out is action.h's. */
#ifndef SVINIT_CORE_ACTION_QUEUE_H
#define SVINIT_CORE_ACTION_QUEUE_H

#include "supervisor/core/action.h"

/* Appends; takes over the text in it. false when out of memory: the action and its text are gone. */
bool action_queue_push(struct action_queue *queue, const struct action *action);

#endif
