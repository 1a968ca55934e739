/* What is left of a unit that an earlier svinit had: which of its processes live, and how the others ended. */
#ifndef SVINIT_SURVEY_H
#define SVINIT_SURVEY_H

#include "supervisor/core/core_snapshot.h"
#include "supervisor/unit_runtime_record.h"

/*
 * Takes hold of what lives: its cgroup, its processes (each known by pid and identity, so that a pid that somebody else
 * has by now is left alone), its log pipes.
 */
void survey_unit(struct manager *manager, unit_id id, const struct saved_runtime *saved, struct survivors *survivors);
/* The pipe that the keepers of a svinit that was killed write to becomes a keepsake. */
void survey_keeper_pipe(struct manager *manager, const struct saved_state *state);

#endif
