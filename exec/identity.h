/* Users that /etc/passwd does not have: PID 1 must never wait for a name service, svexec may. */
#ifndef SVEXEC_IDENTITY_H
#define SVEXEC_IDENTITY_H

#include "exec/start.h"

/* Looks up what the recipe has only names of, and adds HOME= and its like to the environment. */
void identity_find(struct start *start);
/* Gives the directories of the recipe to the user, with what is in them if they were somebody else's. */
void identity_give_directories(struct start *start);

#endif
