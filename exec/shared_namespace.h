/*
 * A namespace that the commands of a unit, and the units that JoinsNamespaceOf= names, share: it lies as a descriptor
 * in the buffer of a socket pair that svinit keeps and never reads. Who finds the pair empty makes the namespace.
 */
#ifndef SVEXEC_SHARED_NAMESPACE_H
#define SVEXEC_SHARED_NAMESPACE_H

#include <stdbool.h>

/* `type` is CLONE_NEW…, `path` where it is seen in proc(5). store[0] < 0: one of our own. 0 or -errno. */
int shared_namespace_enter(const int store[2], int type, const char *path, bool *made);

#endif
