/* Names of values that several sections share. */
#ifndef SVINIT_LOAD_KEY_NAMES_H
#define SVINIT_LOAD_KEY_NAMES_H

#include "supervisor/core/unit.h"

extern const char *const emergency_actions[EMERGENCY_ACTION_COUNT];

#endif
