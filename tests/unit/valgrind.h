/* What valgrind cannot run. */
#ifndef TESTS_UNIT_VALGRIND_H
#define TESTS_UNIT_VALGRIND_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>

static inline bool runs_under_valgrind(void)
{
	return getenv("VALGRIND") != NULL;
}

/* Of clone(2) it knows threads, fork and vfork, and its vfork shares no memory, through which a child reports errors.
 */
static inline void skip_spawn_under_valgrind(void)
{
	if (runs_under_valgrind())
		cr_skip_test("valgrind ends programs that call clone(2) with CLONE_PIDFD or CLONE_FILES");
}

#endif
