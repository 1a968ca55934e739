/* Address families by name: address_families(7). */
#ifndef SVEXEC_ADDRESS_FAMILY_H
#define SVEXEC_ADDRESS_FAMILY_H

#include <stdbool.h>

enum { ADDRESS_FAMILY_COUNT = 64 };

/* Whether the list has its name or number. */
bool address_family_is_named(char *const *names, int family);

#endif
