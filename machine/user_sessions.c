/* While the machine comes up or goes down, /run/nologin keeps ordinary users out; nologin(5), pam_nologin(8). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/step.h"

static const char path[] = "/run/nologin";
static const char words[] = "The machine is going down.\n";

static int end(void)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool written = fd >= 0 && write(fd, words, sizeof words - 1) == sizeof words - 1;
	int status = written ? EXIT_SUCCESS : complain("%s: %s", path, strerror(errno));

	if (fd >= 0)
		close(fd);
	return status;
}

static int run(const char *argument)
{
	if (argument && strcmp(argument, "end") == 0)
		return end();
	if (!argument || strcmp(argument, "begin") != 0)
		return complain("user-sessions: begin or end");
	if (unlink(path) == 0 || errno == ENOENT)
		return EXIT_SUCCESS;
	return complain("%s: %s", path, strerror(errno));
}

const struct step step_user_sessions = { "user-sessions", "begin|end", "let ordinary users log in, or keep them out",
					 run };
