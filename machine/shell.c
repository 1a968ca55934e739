/* A shell on the console, for whoever has to repair what keeps the machine from coming up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/program.h"
#include "machine/step.h"

static void greet(const char *mode)
{
	static const char *const failed[] = { "svctl", "--no-pager", "list-units", "--failed", NULL };

	printf("\nThis is %s mode. See what went wrong with  svctl status UNIT  and  svctl logs UNIT,\n"
	       "go on with  svctl default,  or  svctl reboot.\n\n",
	       mode);
	fflush(stdout);
	(void)program_run(failed);
}

static int run(const char *argument)
{
	greet(argument ? argument : "rescue");
	execl("/sbin/sulogin", "sulogin", (char *)NULL);
	/* An initramfs has no passwords to ask for. */
	if (access("/etc/shadow", F_OK) < 0) {
		(void)setenv("PS1", "emergency# ", 1);
		execl("/bin/sh", "sh", "-i", (char *)NULL);
	}
	return complain("there is neither /sbin/sulogin nor a shell that may be had without a password");
}

const struct step step_shell = { "shell", "[emergency|rescue]", "ask for root's password and start a shell", run };
