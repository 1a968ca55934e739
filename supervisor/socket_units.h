/* The open sockets of socket units: they outlive the services that they start, and svinit too. */
#ifndef SVINIT_SOCKET_UNITS_H
#define SVINIT_SOCKET_UNITS_H

#include "supervisor/granted_descriptors.h"
#include "supervisor/manager.h"

/* ACTION_OPEN_SOCKETS: answers with EVENT_SOCKETS. What an earlier svinit had open is taken over. */
void socket_units_open_unit(struct manager *manager, unit_id unit);
void socket_units_watch(struct manager *manager, unit_id unit, bool on);
/* Closes, and removes from the file system where RemoveOnStop= says so. */
void socket_units_close_unit(struct manager *manager, unit_id unit);

/* Adds copies of the sockets that a service is to have: of the units that trigger it, and of Sockets=. -errno. */
int socket_units_grant(struct manager *manager, const struct unit *service, struct granted_descriptors *granted);

/* Closes svinit's own copies; nothing is removed. */
void socket_units_close(struct manager *manager);

#endif
