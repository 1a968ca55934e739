/*
 * The state of everything, kept where the next svinit finds it: in RDIR/state, or in memory that a re-exec carries
 * over.
 *
 * It is kept current at the cost of what changes: before svinit waits, and before a process is started, the records of
 * the units that have changed are put behind the others. So whoever takes over knows of each process that may live.
 */
#ifndef SVINIT_SNAPSHOT_H
#define SVINIT_SNAPSHOT_H

#include "supervisor/manager.h"

/* Begins a state of our own; what an earlier svinit left there is replaced by it. 0 or -ENOMEM. */
int snapshot_open(struct manager *manager);
/* Writes what has changed. One that cannot be written is told of once, and tried again. */
void snapshot_update(struct manager *manager);
/* Everything, in a sealed memfd. Its descriptor, or -errno. */
int snapshot_make(struct manager *manager, struct cause *cause);
/* The descriptor of the state; -1: there is none. For who executes svinit again when nothing else can be done. */
int snapshot_descriptor(const struct manager *manager);
/* `remove`: the end is orderly, and leaves nothing to take over. */
void snapshot_close(struct manager *manager, bool remove);

#endif
