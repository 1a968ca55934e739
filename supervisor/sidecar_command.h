/*
 * The container's main process where units run beside it: it starts once they are up (or have failed), it gets the
 * signals, and when it ends the units are stopped and svinit leaves with its status.
 */
#ifndef SVINIT_SIDECAR_COMMAND_H
#define SVINIT_SIDECAR_COMMAND_H

#include <stdbool.h>
#include <sys/signalfd.h>

#include "supervisor/manager.h"
#include "supervisor/os/reaper.h"

/* Starts manager->options.command. When it cannot be, the units are stopped and svinit leaves with 126 or 127. */
int sidecar_command_start(struct manager *manager, struct cause *cause);
/* Whether the signal was the main process's to get. Before it runs and after its end, signals mean what they do to
 * svinit. */
bool sidecar_command_signal(struct manager *manager, const struct signalfd_siginfo *info);
/* Whether the child was the main process. */
bool sidecar_command_exited(struct manager *manager, const struct exited_child *child);
/* Whether the pid is the main process's. */
bool sidecar_command_is_process(const struct manager *manager, pid_t pid);
/* The main process as a svinit leaves it to the next. */
struct sidecar_state {
	pid_t pid; /* 0: none */
	pid_t group;
	bool has_terminal;
};
struct sidecar_state sidecar_command_state(const struct manager *manager);
/* Goes on with a main process that was started by a svinit before this one. -ENOMEM. */
int sidecar_command_take_over(struct manager *manager, const struct sidecar_state *state);
void sidecar_command_close(struct manager *manager);

#endif
