/* Capabilities by the names of capabilities(7). */
#ifndef SVINIT_LOAD_CAPABILITY_NAME_H
#define SVINIT_LOAD_CAPABILITY_NAME_H

/* "CAP_NET_ADMIN" in any case, or a number; -1: none. */
int capability_from_name(const char *name);

#endif
