#include "supervisor/emergency.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/inherited.h"
#include "supervisor/os/control_socket.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/event_loop.h"
#include "supervisor/os/reaper.h"
#include "supervisor/os/signals.h"
#include "supervisor/takeover.h"

struct emergency {
	struct event_source signals; /* first: the source is the emergency */
	struct event_loop loop;
	struct control_socket *control;
	const struct manager_options *options;
	bool ended;
};

static const char *const answer_format =
	"{\"error\":\"org.svinit.Supervisor.Emergency\",\"parameters\":{\"text\":\"svinit crashed twice within a short "
	"time (%s): services are left alone and nothing is supervised; svctl daemon-reexec tries to go on\"}}";

/* The socket that listens at the path, among all that are open. */
static int find_listener(const char *path)
{
	for (int fd = STDERR_FILENO + 1; fd < inherited_limit(); fd++) {
		struct sockaddr_un address = { 0 };
		socklen_t size = sizeof address;
		int listening = 0;
		socklen_t option = sizeof listening;

		if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 && address.sun_family == AF_UNIX &&
		    strncmp(address.sun_path, path, sizeof address.sun_path) == 0 &&
		    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &option) == 0 && listening)
			return fd;
	}
	return -1;
}

static void go_on(const struct emergency *emergency)
{
	char value[TAKEOVER_VALUE_MAX];

	takeover_format(value, takeover_state(), TAKEOVER_CRASH, takeover_signal(), takeover_lock(), 0);
	if (setenv(TAKEOVER_VARIABLE, value, 1) < 0)
		return;
	inherited_keep_open();
	execv("/proc/self/exe", emergency->options->arguments);
	unsetenv(TAKEOVER_VARIABLE);
}

static void message_came(void *context, struct control_client *client, const char *text, size_t length)
{
	const struct emergency *emergency = context;
	char answer[512];

	(void)length;
	if (strstr(text, "\"org.svinit.Supervisor.DaemonReexec\"") &&
	    (control_client_uid(client) == 0 || control_client_uid(client) == geteuid()))
		go_on(emergency);
	int size = snprintf(answer, sizeof answer, answer_format, strsignal(takeover_signal()));
	control_client_send(client, answer, (size_t)size);
}

static void signals_came(struct event_source *source, uint32_t events)
{
	struct emergency *emergency = (struct emergency *)source;
	struct signalfd_siginfo info;
	struct exited_child child;

	(void)events;
	while (signals_next(source->fd, &info) > 0)
		emergency->ended |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	while (reaper_next(&child) > 0)
		continue;
}

static void open_control(struct emergency *emergency)
{
	const char *directory = emergency->options->runtime_directory;
	const struct control_handler handler = { .message = message_came, .context = emergency };
	char path[4096];
	struct cause cause = { 0 };

	if (!directory)
		return;
	snprintf(path, sizeof path, "%s/control", directory);
	const int left[2] = { find_listener(path), -1 };
	if (control_socket_open_from(&emergency->control, &emergency->loop, path, &handler, left, &cause) < 0)
		fprintf(stderr, "svinit: no control socket: %s\n", cause.text);
}

int emergency_run(const struct manager_options *options)
{
	struct emergency emergency = { .options = options };

	fprintf(stderr, "svinit: crashed twice within a short time (%s); services are left alone\n",
		strsignal(takeover_signal()));
	descriptors_keep_from_children(STDERR_FILENO + 1);
	emergency.signals = (struct event_source){ .fd = signals_open(), .dispatch = signals_came };
	if (event_loop_init(&emergency.loop) < 0 || emergency.signals.fd < 0 ||
	    event_loop_add(&emergency.loop, &emergency.signals, EPOLLIN) < 0)
		return EXIT_FAILURE;
	open_control(&emergency);
	while (!emergency.ended) {
		usec deadline = emergency.control ? control_socket_deadline(emergency.control) : USEC_INFINITY;
		(void)event_loop_set_deadline(&emergency.loop, deadline);
		if (event_loop_wait(&emergency.loop) > 0 && emergency.control)
			control_socket_expire(emergency.control, clock_monotonic());
	}
	return EXIT_FAILURE;
}
