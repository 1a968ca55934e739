/*
 * daemon-reexec: svinit executes the program that stands at its path now, and hands it everything: its state in a
 * sealed memfd, its descriptors left open. Children stay children, for the process stays the same.
 *
 * Before that the new program is tried: a child executes it to say whether it can read the state. A program that cannot
 * be executed, misses a library, or does not know the state leaves the old one running.
 */
#ifndef SVINIT_REEXEC_H
#define SVINIT_REEXEC_H

#include "supervisor/manager.h"
#include "supervisor/os/reaper.h"

struct control_client;

/* Begins; `client` (NULL: nobody) gets the answer, from this svinit if it fails and else from the next. 0, or -errno.
 */
int reexec_begin(struct manager *manager, struct control_client *client, struct cause *cause);
/* Whether the child was the one that tries the program. */
bool reexec_exited(struct manager *manager, const struct exited_child *child);
/* Executes it, if it was found good and nothing is half done. Returns only if there is nothing to do, or it fails. */
void reexec_continue(struct manager *manager);
void reexec_forget_client(struct manager *manager, const struct control_client *client);
usec reexec_deadline(const struct manager *manager);
void reexec_expire(struct manager *manager, usec now);
void reexec_close(struct manager *manager);

#endif
