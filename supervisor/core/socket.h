/*
 * The state machine of a socket unit, by the rules of systemd.socket(5), Accept=no:
 *
 *   dead → start-chown (being opened) → listening → running (what it triggers has the sockets) → listening … → dead
 *
 * The sockets stay open from start to stop, whatever becomes of the service: a connection that comes while the service
 * is down starts it and waits for it.
 */
#ifndef SVINIT_CORE_SOCKET_H
#define SVINIT_CORE_SOCKET_H

#include "supervisor/core/core_state.h"

void socket_start(struct core *core, struct unit *unit);
void socket_stop(struct core *core, struct unit *unit);
/* What it triggers has changed its state, or its job ended. */
void socket_triggered_changed(struct core *core, struct unit *unit, const struct unit *triggered);
/* svinit has taken it over: the sockets are there, or opened again. */
void socket_resume(struct core *core, struct unit *unit);
/* ACTION_OPEN_SOCKETS is answered. */
void socket_opened(struct core *core, struct unit *unit, const struct event *event);
/* Somebody has connected, or sent something. */
void socket_ready(struct core *core, struct unit *unit);

#endif
