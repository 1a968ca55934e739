/* Names of environment variables. The lists themselves are expand.h's. */
#ifndef SVINIT_LOAD_ENVIRONMENT_H
#define SVINIT_LOAD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Letters, digits and '_', no digit first. */
bool variable_name_is_valid(const char *name, size_t length);

#endif
