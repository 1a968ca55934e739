/*
 * Services of Type=dbus are up when their name is on the message bus. One connection a service that is about to come
 * up; nothing is waited for, and where there is no bus the service counts as up when its program runs, as Type=exec
 * does.
 */
#ifndef SVINIT_BUS_NAMES_H
#define SVINIT_BUS_NAMES_H

#include "supervisor/manager.h"

/* The program of a service of Type=dbus was started. Answers with EVENT_NOTIFY, now or later. */
void bus_names_watch(struct manager *manager, unit_id unit);
/* The unit no longer waits for its name. */
void bus_names_forget(struct manager *manager, unit_id unit);
void bus_names_close(struct manager *manager);

#endif
