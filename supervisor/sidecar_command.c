#include "supervisor/sidecar_command.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "supervisor/container/main_process.h"

struct sidecar_command {
	struct main_process process;
};

static void leave(struct manager *manager, int exit_status)
{
	/* A unit's FailureAction= may have begun to end everything with a status of its own. */
	if (!core_is_shutting_down(manager->core))
		manager_shut_down(manager, LEAVE_EXIT, exit_status);
}

int sidecar_command_start(struct manager *manager, struct cause *cause)
{
	int exit_status = EXIT_FAILURE;

	if (manager->command || core_is_shutting_down(manager->core))
		return 0;
	manager->command = calloc(1, sizeof *manager->command);
	if (!manager->command)
		return cause_set(cause, ENOMEM, "out of memory");
	int result = main_process_start(&manager->command->process, manager->options.command, &exit_status, cause);
	if (result < 0)
		leave(manager, exit_status);
	return result;
}

bool sidecar_command_signal(struct manager *manager, const struct signalfd_siginfo *info)
{
	struct sidecar_command *command = manager->command;

	if (!command || command->process.pid == 0)
		return false;
	if (info->ssi_signo == SIGCHLD) {
		main_process_follow_stops(&command->process);
		return false;
	}
	main_process_signal(&command->process, info);
	return true;
}

bool sidecar_command_is_process(const struct manager *manager, pid_t pid)
{
	return manager->command && manager->command->process.pid == pid;
}

bool sidecar_command_exited(struct manager *manager, const struct exited_child *child)
{
	int exit_status;

	if (!manager->command || !main_process_exited(&manager->command->process, child, &exit_status))
		return false;
	leave(manager, exit_status);
	return true;
}

struct sidecar_state sidecar_command_state(const struct manager *manager)
{
	const struct main_process *process = manager->command ? &manager->command->process : NULL;

	return process ? (struct sidecar_state){ process->pid, process->group, process->has_terminal }
		       : (struct sidecar_state){ 0 };
}

int sidecar_command_take_over(struct manager *manager, const struct sidecar_state *state)
{
	if (manager->command || !manager->options.command)
		return 0;
	manager->command = calloc(1, sizeof *manager->command);
	if (!manager->command)
		return -ENOMEM;
	manager->command->process = (struct main_process){ .options = manager->options.command,
							   .pid = state->pid,
							   .group = state->group,
							   .has_terminal = state->has_terminal };
	return 0;
}

void sidecar_command_close(struct manager *manager)
{
	free(manager->command);
	manager->command = NULL;
}
