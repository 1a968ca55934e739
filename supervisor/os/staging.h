/*
 * Low descriptors kept free for what a child is to get.
 *
 * A fork copies the whole table of descriptors and an exec closes each of them, which for a supervisor of thousands
 * costs more than all the rest. So a child shares the table, and first unshares only what lies below the end of this
 * row of slots (CLOSE_RANGE_UNSHARE, Linux 5.9); the parent puts copies of what the child needs into the slots before.
 */
#ifndef SVINIT_OS_STAGING_H
#define SVINIT_OS_STAGING_H

#include <stdbool.h>

enum { STAGING_SLOTS = 16 };

/* Reserves the slots, once, as low as they can be had. Call it early. false: not to be had, copy the table. */
bool staging_reserve(void);
/* An open /dev/null, read and write; -1 without a reservation. */
int staging_null(void);
/* The first descriptor a child does not see. */
int staging_end(void);
/* The number under which the child will see `fd`: itself, or the slot it was put in; -1: no slot is left. */
int staging_put(int fd);
/* Empties the slots that were used. */
void staging_clear(void);
/* In the child: a table of its own, with nothing from staging_end() on. 0 or -errno. */
int staging_unshare_in_child(void);

#endif
