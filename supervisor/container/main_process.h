/*
 * The main process of a container: started so that no signal is lost on the way, signalled as its dialect says, and
 * asked for its status at the end. For the bare loop and for the manager's alike.
 *
 * All signals have to be blocked (signals_open) from before main_process_start() on: one that arrives before the
 * command has its group and its program waits in the signalfd until both are there.
 */
#ifndef SVINIT_CONTAINER_MAIN_PROCESS_H
#define SVINIT_CONTAINER_MAIN_PROCESS_H

#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "common/cause.h"
#include "supervisor/container/dialect.h"
#include "supervisor/os/reaper.h"

struct main_process {
	const struct main_process_options *options; /* borrowed */
	pid_t pid;                                  /* 0: not started, or ended */
	pid_t group;                                /* what it leads; 0: nothing */
	bool has_terminal;                          /* its group was put in the foreground of our terminal */
};

/*
 * Starts options->command with our environment, our working directory and all our descriptors that are not
 * close-on-exec. 0: it was executed. -errno with a cause: nothing was started, and *exit_status is what to exit with.
 */
int main_process_start(struct main_process *process, const struct main_process_options *options, int *exit_status,
		       struct cause *cause);
/* Does with a received signal what the dialect says: hands it on, changed or not, or stops us for our shell. */
void main_process_signal(struct main_process *process, const struct signalfd_siginfo *info);
/* To be called at each SIGCHLD: when a key on the terminal stopped the command, stops our own group too, so that the
   shell we were started from notices; takes up again where that continues us. */
void main_process_follow_stops(struct main_process *process);
/* Whether the reaped child was the main process. Then `exit_status` is what to exit with, the rest of its group was
   asked to end if the dialect says so, and the terminal is ours again. */
bool main_process_exited(struct main_process *process, const struct exited_child *child, int *exit_status);

#endif
