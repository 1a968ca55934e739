/* KeyringMode=: session-keyring(7). */
#ifndef SVEXEC_KEYRING_H
#define SVEXEC_KEYRING_H

#include "exec/start.h"

void keyring_set_up(struct start *start);

#endif
