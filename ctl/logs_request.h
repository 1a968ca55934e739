/* What the options of `logs` ask for. */
#ifndef SVCTL_LOGS_REQUEST_H
#define SVCTL_LOGS_REQUEST_H

#include <stdint.h>

#include "ctl/log_filter.h"
#include "ctl/log_print.h"
#include "ctl/verb.h"

struct logs_request {
	char **patterns; /* of units; NULL-terminated */
	struct log_filter filter;
	const char **identifiers;
	const char **fields; /* of --output-fields, pointing into field_text */
	char *field_text;
	struct log_printing printing;
	log_printer *print;
	size_t lines; /* SIZE_MAX: all */
	bool follow, reverse;
	const char *boot;       /* NULL: any run of svinit; otherwise "", a number, or an ID */
	const char *invocation; /* likewise of a unit */
};

/* 0, or the exit status after a complaint. finish() in any case. */
int logs_request_parse(const struct context *context, struct logs_request *request);
void logs_request_finish(struct logs_request *request);

#endif
