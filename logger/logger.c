#include "logger/logger.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "logger/chunk.h"
#include "logger/intake.h"
#include "logger/log_directory.h"

usec logger_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (usec)now.tv_sec * USEC_PER_SEC + (usec)now.tv_nsec / 1000;
}

static char *map_buffer(void)
{
	void *memory = mmap(NULL, CHUNK_BUFFER_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int logger_init(struct logger *logger, int control_fd, int journal_fd, struct cause *cause)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

	*logger = (struct logger){ .control_fd = control_fd,
				   .directory_fd = -1,
				   .kmsg_fd = -1,
				   .forwarder = { .fd = -1 },
				   .upkeep_at = USEC_INFINITY };
	vault_init(&logger->vault);
	console_open(&logger->console, STDOUT_FILENO);
	logger->output = map_buffer();
	logger->console_output = map_buffer();
	if (!logger->output || !logger->console_output)
		return cause_set_errno(cause, ENOMEM, "cannot begin");
	int result = journal_open(&logger->journal, journal_fd, cause);
	if (result < 0)
		return result;
	logger->configuration = journal_configuration(&logger->journal);
	if (logger->configuration)
		(void)forwarder_configure(&logger->forwarder, logger->configuration->forward);
	logger->waits_for_directory = logger->configuration && logger->configuration->later;
	logger->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (logger->epoll_fd < 0 || epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, control_fd, &event) < 0)
		return cause_set_errno(cause, errno, "cannot watch descriptor %d", control_fd);
	return drain_recover(logger, cause);
}

void logger_finish(struct logger *logger)
{
	for (uint32_t i = 0; i < logger->source_limit; i++) {
		if (logger->sources[i])
			sources_remove(logger, logger->sources[i]);
	}
	free(logger->sources);
	compression_cancel(&logger->compression);
	forwarder_finish(&logger->forwarder);
	intake_finish(logger);
	if (logger->kmsg_fd >= 0)
		close(logger->kmsg_fd);
	log_units_finish(&logger->units);
	free(logger->lanes);
	log_directory_close(logger);
	console_finish(&logger->console);
	vault_finish(&logger->vault);
	journal_close(&logger->journal);
	munmap(logger->output, CHUNK_BUFFER_SIZE);
	munmap(logger->console_output, CHUNK_BUFFER_SIZE);
	close(logger->epoll_fd);
}
