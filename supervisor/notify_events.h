/* From sd_notify(3) datagrams to events: whose it is, and what it says. */
#ifndef SVINIT_NOTIFY_EVENTS_H
#define SVINIT_NOTIFY_EVENTS_H

#include "supervisor/manager.h"

/* Binds RDIR/notify and watches it. */
int notify_events_open(struct manager *manager, const char *runtime_directory, struct cause *cause);
/* Takes in every datagram that waits, at most a bounded number. */
void notify_events_receive(struct manager *manager);
void notify_events_close(struct manager *manager);

#endif
