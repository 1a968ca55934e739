/* Lines that draw a tree, and processes as such trees. */
#ifndef SVCTL_FOREST_H
#define SVCTL_FOREST_H

#include <jansson.h>

#include "ctl/output.h"

enum { FOREST_PREFIX_MAX = 256 };

/* The mark before an entry, "├─" or "└─" (ASCII: "|-", "`-"), and what stands below it in the lines of its children. */
const char *forest_branch(const struct terminal *terminal, bool last);
const char *forest_below(const struct terminal *terminal, bool last);

/*
 * Draws processes (PID, PPID, State, Command, Orphan) below each other, those first whose parent is not among them.
 * Bounded in depth, and each process once, whatever the parents say. Zombies and orphans are marked.
 */
void forest_print_processes(const struct terminal *terminal, FILE *stream, const json_t *processes, const char *prefix);

#endif
