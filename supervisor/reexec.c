#include "supervisor/reexec.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/control.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/host_signals.h"
#include "supervisor/keepsake.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/notify_socket.h"
#include "supervisor/os/spawn.h"
#include "supervisor/snapshot.h"
#include "supervisor/takeover.h"

/* How long the new program may take to say whether it can read the state. */
#define TRIAL_PATIENCE (10 * USEC_PER_SEC)

struct reexec {
	struct process trial;
	struct control_client *client; /* NULL: nobody waits */
	usec deadline;
	bool found_good;
};

/* What was installed at our path; the running file itself where there is nothing. */
static const char *program_of(const struct manager *manager)
{
	const char *program = manager->options.program;

	return program && access(program, X_OK) == 0 ? program : "/proc/self/exe";
}

static int start_trial(struct manager *manager, struct reexec *reexec, int state, struct cause *cause)
{
	char variable[] = "SVINIT_CHECK_STATE=3";
	char *argv[] = { (char *)"svinit", NULL };
	char *envp[] = { variable, NULL };
	struct spawn_recipe recipe = {
		.path = program_of(manager),
		.argv = argv,
		.envp = envp,
		.streams = { { .kind = SPAWN_STREAM_NULL },
			     { .kind = SPAWN_STREAM_KEEP },
			     { .kind = SPAWN_STREAM_KEEP } },
		.extra_fds = &state,
		.extra_fd_count = 1,
		.cgroup_fd = -1,
		.umask = 0022,
		.secure_bits = -1,
	};
	struct spawn_error error;

	int result = spawn(&recipe, &reexec->trial, &error);
	return result < 0 ? cause_set_errno(cause, -result, "%s cannot be executed", recipe.path) : 0;
}

int reexec_begin(struct manager *manager, struct control_client *client, struct cause *cause)
{
	if (manager->reexec)
		return cause_set(cause, EBUSY, "a re-exec is under way already");
	if (manager->leaving || core_is_shutting_down(manager->core))
		return cause_set(cause, EBUSY, "svinit is stopping");
	struct reexec *reexec = calloc(1, sizeof *reexec);
	if (!reexec)
		return cause_set(cause, ENOMEM, "out of memory");
	int state = snapshot_make(manager, cause);
	int result = state < 0 ? state : start_trial(manager, reexec, state, cause);
	if (state >= 0)
		close(state);
	if (result < 0) {
		free(reexec);
		return result;
	}
	reexec->client = client;
	reexec->deadline = usec_add(clock_monotonic(), TRIAL_PATIENCE);
	manager->reexec = reexec;
	if (client)
		control_client_set_waiting(client, true);
	return 0;
}

static void give_up(struct manager *manager, const char *why)
{
	struct reexec *reexec = manager->reexec;
	struct control_session *session = reexec->client ? *control_client_slot(reexec->client) : NULL;
	struct json_writer reply;

	manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "not re-executed: %s", why);
	if (session) {
		control_error_begin(&reply, "Failed");
		write_key_string(&reply, "text", why);
		control_send(session, &reply);
		control_client_set_waiting(reexec->client, false);
	}
	reexec_close(manager);
}

bool reexec_exited(struct manager *manager, const struct exited_child *child)
{
	struct reexec *reexec = manager->reexec;
	char why[CAUSE_TEXT_MAX];

	if (!reexec || reexec->trial.pid != child->pid)
		return false;
	process_close(&reexec->trial);
	reexec->found_good = child->code == CLD_EXITED && child->status == 0;
	if (reexec->found_good)
		return true;
	snprintf(why, sizeof why, "%s cannot take over from this svinit (%s %d); this one goes on", program_of(manager),
		 child->code == CLD_EXITED ? "exit status" : "signal", child->status);
	give_up(manager, why);
	return true;
}

usec reexec_deadline(const struct manager *manager)
{
	const struct reexec *reexec = manager->reexec;

	if (!reexec)
		return USEC_INFINITY;
	return reexec->found_good ? 0 : reexec->deadline;
}

void reexec_expire(struct manager *manager, usec now)
{
	struct reexec *reexec = manager->reexec;

	if (!reexec || reexec->found_good || reexec->deadline > now)
		return;
	(void)process_signal(&reexec->trial, SIGKILL);
	give_up(manager, "the new program does not say whether it can take over; this one goes on");
}

static void keep(void *context, const char *name, int fd, enum keepsake_reach reach)
{
	const int *on = context;

	(void)name, (void)reach;
	(void)descriptor_set_close_on_exec(fd, *on);
}

/* Whatever is handed over stays open; the rest of our descriptors ends with the program. */
static void hand_over(struct manager *manager, int state, int close_on_exec)
{
	keepsake_each(manager, keep, &close_on_exec);
	for (uint32_t i = 0; i < manager->runtime_count; i++)
		for (int pipe = 0; manager->runtimes[i] && pipe < 2; pipe++)
			if (manager->runtimes[i]->log_pipes[pipe] >= 0)
				(void)descriptor_set_close_on_exec(manager->runtimes[i]->log_pipes[pipe],
								   close_on_exec);
	(void)descriptor_set_close_on_exec(state, close_on_exec);
	if (manager->options.lock >= 0)
		(void)descriptor_set_close_on_exec(manager->options.lock, close_on_exec);
}

static void execute(struct manager *manager, int state)
{
	char value[TAKEOVER_VALUE_MAX];

	takeover_format(value, state, TAKEOVER_REEXEC, 0, manager->options.lock, 0);
	if (setenv(TAKEOVER_VARIABLE, value, 1) < 0)
		return;
	hand_over(manager, state, 0);
	execv(program_of(manager), manager->options.arguments);
	int error = errno;
	hand_over(manager, state, 1);
	unsetenv(TAKEOVER_VARIABLE);
	errno = error;
}

void reexec_continue(struct manager *manager)
{
	struct reexec *reexec = manager->reexec;
	struct cause cause = { 0 };

	if (!reexec || !reexec->found_good || manager->actions.count > 0 || manager->late_answers ||
	    !core_is_settled(manager->core))
		return;
	if (manager->leaving || core_is_shutting_down(manager->core)) {
		give_up(manager, "svinit is stopping");
		return;
	}
	if (reexec->client)
		(void)keepsake_put(manager, "reexec.client", control_client_descriptor(reexec->client), KEEPSAKE_OWN);
	notify_upwards("RELOADING=1\nSTATUS=Re-executing");
	int state = snapshot_make(manager, &cause);
	if (state < 0) {
		give_up(manager, cause.text);
		return;
	}
	execute(manager, state);
	cause_set_errno(&cause, errno, "%s", program_of(manager));
	close(state);
	keepsake_drop(manager, "reexec.client");
	give_up(manager, cause.text);
}

void reexec_forget_client(struct manager *manager, const struct control_client *client)
{
	if (manager->reexec && manager->reexec->client == client)
		manager->reexec->client = NULL;
}

void reexec_close(struct manager *manager)
{
	if (!manager->reexec)
		return;
	process_close(&manager->reexec->trial);
	free(manager->reexec);
	manager->reexec = NULL;
}
