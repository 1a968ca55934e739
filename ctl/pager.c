#include "ctl/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager;

/* "" for none. */
static const char *pager_program(void)
{
	const char *program = getenv("SVINIT_PAGER");
	if (!program)
		program = getenv("SYSTEMD_PAGER");
	if (!program)
		program = getenv("PAGER");
	if (!program)
		program = "less";
	return strcmp(program, "cat") == 0 ? "" : program;
}

/* F: leave at once when it fits; R: colours; S: do not fold; X: leave it on the screen; M, K: prompt and ^C. */
__attribute__((noreturn)) static void become_pager(const char *program, int input)
{
	setenv("LESS", "FRSXMK", 0);
	/* Whoever may run svctl as root shall not get a shell from the pager. */
	setenv("LESSSECURE", "1", 1);
	dup2(input, STDIN_FILENO);
	if (strpbrk(program, " \t'\"$|&;"))
		execl("/bin/sh", "sh", "-c", program, (char *)NULL);
	else
		execlp(program, program, (char *)NULL);
	execlp("cat", "cat", (char *)NULL);
	_exit(127);
}

void pager_begin(const struct context *context)
{
	int ends[2];
	const char *program = pager_program(), *unpaged = context->verb->unpaged_option;
	if (unpaged && option_is_given(context, unpaged))
		return;
	if (option_is_given(context, "pager-end"))
		setenv("LESS", "FRSXMK+G", 0);
	if (!context->verb->paged || context->terminal.width == 0 || context->no_pager || context->json ||
	    context->quiet || !*program || pipe2(ends, O_CLOEXEC) < 0)
		return;
	pager = fork();
	if (pager == 0)
		become_pager(program, ends[0]);
	if (pager > 0)
		dup2(ends[1], STDOUT_FILENO);
	close(ends[0]);
	close(ends[1]);
	/* Whoever leaves the pager early has seen enough; that is no failure. */
	if (pager > 0)
		signal(SIGPIPE, SIG_IGN);
}

bool pager_end(void)
{
	int status;
	if (pager <= 0)
		return false;
	fflush(stdout);
	close(STDOUT_FILENO);
	while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
		;
	return true;
}
