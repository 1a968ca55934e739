/* How the state of a unit looks: symbol, colour, and the one thing worth knowing about it. */
#ifndef SVCTL_UNIT_WORDS_H
#define SVCTL_UNIT_WORDS_H

#include <jansson.h>

#include "ctl/output.h"
#include "ctl/words.h"

/* By ActiveState (and SubState where it waits to restart). */
enum style unit_style(const json_t *unit);
/* "●", "○", "×", "↻" or "*", "-", "x", ">" */
const char *unit_symbol(const struct terminal *terminal, const json_t *unit);
/* The unit's own status text, else why it failed or waits, else its description. */
const char *unit_what(const json_t *unit, char buffer[WORDS_MAX]);
/* Now, as the realtime clock has it. */
usec realtime_now(void);

#endif
