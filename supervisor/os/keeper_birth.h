/*
 * The birth of a keeper with its first child. The keeper is a vfork child of svinit's, gives birth to the service in
 * the same way, and then executes svkeeper: so one call brings both into being, what keeps the service from being
 * executed comes back as without a keeper, and at no moment does the service live outside of its keeper's tree.
 */
#ifndef SVINIT_OS_KEEPER_BIRTH_H
#define SVINIT_OS_KEEPER_BIRTH_H

/* In the child, with a struct child_setup: fills `main`, `main_pidfd` and `keeper_failed`. The exit status, if any. */
int keeper_birth_run(void *setup);

#endif
