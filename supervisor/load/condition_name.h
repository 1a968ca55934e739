/* The keys of conditions, by the one table of keys. */
#ifndef SVINIT_LOAD_CONDITION_NAME_H
#define SVINIT_LOAD_CONDITION_NAME_H

#include "supervisor/core/unit.h"

/* "ConditionPathExists", "AssertPathExists". */
const char *condition_key_name(enum condition_type type, bool assertion);

#endif
