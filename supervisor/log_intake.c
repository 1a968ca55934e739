#include "supervisor/log_intake.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "supervisor/os/log_pipe.h"
#include "supervisor/os/syslog_socket.h"

/* Nothing is read of it before svlog does. */
static const char kernel_log[] = "/dev/kmsg", machine_log[] = "/dev/log";

static int open_socket(struct manager *manager, const char *path)
{
	struct cause cause;
	int fd = syslog_socket_open(path, &cause);

	if (fd < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "%s", cause.text);
	return fd < 0 ? -1 : fd;
}

/*
 * As the init of a container whose services are those of a system, too, what they say to /dev/log is kept. Where
 * something is there already, it stays.
 */
static bool is_system_of_container(const struct manager_options *options)
{
	return getpid() == 1 && options->search_defaults && !options->user_mode && !options->command &&
	       !options->machine_init;
}

void log_intake_open(struct manager *manager)
{
	const char *directory = manager->options.runtime_directory;
	int *fds = manager->log_intakes;
	char path[4096];

	if (directory) {
		snprintf(path, sizeof path, "%s/dev/log", directory);
		fds[LOG_INTAKE_SYSLOG] = open_socket(manager, path);
		if (fds[LOG_INTAKE_SYSLOG] >= 0 && is_system_of_container(&manager->options))
			(void)!symlink(path, machine_log);
	}
	if (manager->options.machine_init) {
		fds[LOG_INTAKE_SYSLOG_OF_MACHINE] = open_socket(manager, machine_log);
		fds[LOG_INTAKE_KERNEL] = open(kernel_log, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	}
}

void log_intake_close(struct manager *manager)
{
	for (size_t i = 0; i < LOG_INTAKE_COUNT; i++) {
		if (manager->log_intakes[i] >= 0)
			close(manager->log_intakes[i]);
		manager->log_intakes[i] = -1;
	}
}

void log_intake_announce(const struct manager *manager, int control_fd)
{
	struct log_stream stream = { .message = { .version = LOG_PROTOCOL_VERSION, .kind = LOG_MESSAGE_ADD_INTAKE } };

	for (uint32_t i = 0; i < LOG_INTAKE_COUNT; i++) {
		stream.stream = i;
		if (manager->log_intakes[i] >= 0)
			(void)log_pipe_send(control_fd, &stream, sizeof stream, manager->log_intakes[i]);
	}
}
