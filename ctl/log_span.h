/* The spans of time, or of records, that runs of svinit and invocations of a unit are. */
#ifndef SVCTL_LOG_SPAN_H
#define SVCTL_LOG_SPAN_H

#include "common/cause.h"
#include "common/usec.h"
#include "ctl/log_entry.h"

enum { LOG_RUNS_MAX = 1000 };

struct log_run {
	usec begin, end; /* end: 0 while it lasts */
};

/* The runs of svinit that its own log tells of, the oldest first. Returns how many, or -errno. */
int log_runs_find(const char *directory, struct log_run runs[LOG_RUNS_MAX]);
/* "" or "0": the last one; -1, -2: before it; 1, 2: from the first on. 0 or -errno with a cause. */
int log_run_choose(const char *directory, const char *which, struct log_run *run, struct cause *cause);

/* The same of the invocations of a unit, or "ID". `directory` is open. */
int log_invocation_choose(int directory, const char *unit, const char *which, struct log_run *span,
			  struct cause *cause);

#endif
