/* Processes that belong to no unit and are left when everything is down: orphans that svinit had adopted. */
#ifndef SVINIT_LEFTOVERS_H
#define SVINIT_LEFTOVERS_H

#include "supervisor/manager.h"

/* SIGTERM to each, SIGKILL to those that are still there a while later; returns when none is left or nothing more
 * helps. */
void leftovers_end(struct manager *manager);

#endif
