/* Why a job did not succeed, and what to look at next. */
#ifndef SVCTL_FAILURE_H
#define SVCTL_FAILURE_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl/verb.h"

/* Whether a job's result (systemd's words) is one of those that make the verb fail. */
bool job_result_is_failure(const char *result);

/* Explains a JobAnswer on standard error: the reason, the last lines the unit printed, the next thing to try. */
void explain_job_failure(struct context *context, const json_t *answer);

#endif
