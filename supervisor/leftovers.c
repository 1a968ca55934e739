#include "supervisor/leftovers.h"

#include <signal.h>
#include <unistd.h>

#include "supervisor/log_line.h"
#include "supervisor/os/proc.h"
#include "supervisor/os/process.h"

#define TERM_GRACE (2 * USEC_PER_SEC)
#define KILL_GRACE (2 * USEC_PER_SEC)

enum { CHILDREN_AT_ONCE = 1024 };

/* Signals every child but svlog, and all that is below a keeper. Returns how many children there are. */
static int signal_children(struct manager *manager, int number)
{
	pid_t children[CHILDREN_AT_ONCE];
	int count = proc_read_children(getpid(), children, CHILDREN_AT_ONCE);
	int signalled = (int)containment_signal_kept(manager->containment_root, number);

	for (int i = 0; i < count && i < CHILDREN_AT_ONCE; i++) {
		/* An unreaped child keeps its pid: nobody else can have it. */
		const struct process child = { .pid = children[i], .pidfd = -1 };
		if (log_line_is_process(manager, children[i]) ||
		    containment_of_keeper(manager->containment_root, children[i]))
			continue;
		if (number == 0 || process_signal(&child, number) >= 0)
			signalled++;
	}
	return signalled;
}

/* Turns the loop until no child is left or the time is over. */
static int wait_for_children(struct manager *manager, usec grace)
{
	int left;

	manager->finish_at = usec_add(clock_monotonic(), grace);
	while ((left = signal_children(manager, 0)) > 0 && clock_monotonic() < manager->finish_at)
		if (manager_turn(manager) < 0)
			break;
	manager->finish_at = USEC_INFINITY;
	return left;
}

void leftovers_end(struct manager *manager)
{
	int count = signal_children(manager, SIGTERM);

	if (count <= 0)
		return;
	manager_record(manager, RECORD_NOTICE, UNIT_ID_NONE, "ending %d processes that belong to no unit", count);
	signal_children(manager, SIGCONT);
	/* Killing a parent hands its children over to us, so the second pass may find new ones. */
	while (wait_for_children(manager, TERM_GRACE) > 0) {
		signal_children(manager, SIGKILL);
		if (wait_for_children(manager, KILL_GRACE) > 0)
			return;
	}
}
