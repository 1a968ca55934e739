/* The user's editor on temporary files. */
#ifndef SVCTL_EDITOR_H
#define SVCTL_EDITOR_H

#include <stdbool.h>

/*
 * Runs $SYSTEMD_EDITOR, $EDITOR, $VISUAL, or the first of editor, nano, vim and vi, on files that NULL ends. Complains
 * and returns false when none is there or it did not end well.
 */
bool editor_run(char *const *files);

#endif
