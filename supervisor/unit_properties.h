/* A unit as JSON, with systemd's property names (org.freedesktop.systemd1(5)). Times in µs; unknown, never: null. */
#ifndef SVINIT_UNIT_PROPERTIES_H
#define SVINIT_UNIT_PROPERTIES_H

#include <stdbool.h>

#include "supervisor/json_writer.h"
#include "supervisor/manager.h"

/*
 * Writes an object. `wanted` says which properties go in; NULL: all. Properties of services stand in services only.
 */
void unit_write_properties(struct json_writer *writer, struct manager *manager, const struct unit *unit,
			   bool (*wanted)(const char *name, void *context), void *context);
/* The LoadState property: what a reload found last, also while an older definition runs on. */
enum load_state unit_load_state(const struct unit *unit);
/* Writes the few that a list shows, as an object. */
void unit_write_summary(struct json_writer *writer, const struct manager *manager, const struct unit *unit);
/* Writes the keys `state` and `exit` into an open object: where the unit stands, and the process that ended last. */
void unit_write_outcome(struct json_writer *writer, const struct unit *unit);
/* Writes {Id, Unit, Type, State}, or null for a unit without a job. */
void unit_write_job(struct json_writer *writer, const struct unit *unit);
/* Realtime µs of a monotonic time; null for 0 and never. */
void unit_write_time(struct json_writer *writer, const struct manager *manager, usec monotonic);
const char *unit_phase_name(enum exec_phase phase); /* "ExecStartPre", … */

#endif
