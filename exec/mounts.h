/* The file system as the service sees it, in a mount namespace of its own. */
#ifndef SVEXEC_MOUNTS_H
#define SVEXEC_MOUNTS_H

#include "exec/start.h"

/* Does all of it, or says which keys do not hold because namespaces are refused; ends the start when a path is wrong.
 */
void mounts_set_up(struct start *start);

#endif
