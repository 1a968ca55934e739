/* What the end of a process means: for the service's result, and in words. */
#ifndef SVINIT_CORE_EXIT_REASON_H
#define SVINIT_CORE_EXIT_REASON_H

#include <stddef.h>

#include "supervisor/core/core.h"

/*
 * The result of a process that ended with `code` (CLD_*, 0: unknown) and `status`. `success` lists further clean ends.
 * A daemon may also end cleanly by SIGHUP, SIGINT, SIGTERM and SIGPIPE (systemd.service(5), SuccessExitStatus=).
 */
enum unit_result exit_result(int code, int status, bool daemon, const struct exit_status_set *success);

/* "exited with status 3", "was killed by signal 9 (KILL)". */
void exit_describe(int code, int status, char *text, size_t size);

/* "ExecStartPre", … */
const char *exec_phase_name(enum exec_phase phase);

#endif
