/*
 * svinit's side of svlog's vault (logger/vault.h): what of the keepsakes stands there, and how the next svinit gets it.
 */
#ifndef SVINIT_VAULT_H
#define SVINIT_VAULT_H

#include "supervisor/manager.h"

/* The door of the vault, RDIR/vault, through which the next svinit comes. -1: none; without it a killed svinit's
 * services are adopted with what they hold themselves. */
int vault_open_door(struct manager *manager, struct cause *cause);

/*
 * For a svinit that takes over from one that was killed: takes everything that svlog keeps, as keepsakes, and waits
 * until that svlog has ended, for at most VAULT_PATIENCE; then it is killed. Nothing where no svlog lives.
 */
#define VAULT_PATIENCE (5 * USEC_PER_SEC)
void vault_fetch(struct manager *manager);

#endif
