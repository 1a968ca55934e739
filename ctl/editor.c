#include "ctl/editor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/verb.h"

static const char *chosen_editor(void)
{
	static const char *const variables[] = { "SYSTEMD_EDITOR", "EDITOR", "VISUAL" };
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);
		if (value && *value)
			return value;
	}
	return NULL;
}

/* What the user chose may have arguments, so it is sh(1) that takes it apart. */
__attribute__((noreturn)) static void become_editor(char *const *files)
{
	static const char *const usual[] = { "editor", "nano", "vim", "vi" };
	const char *chosen = chosen_editor();
	size_t count = string_list_length(files);
	char *command = NULL, **arguments = calloc(count + 5, sizeof(*arguments));
	if (!arguments || (chosen && asprintf(&command, "%s \"$@\"", chosen) < 0))
		_exit(126);
	char shell[] = "sh", option[] = "-c", name[] = "editor";
	memcpy(arguments + 4, files, count * sizeof(*files));
	if (chosen) {
		arguments[0] = shell;
		arguments[1] = option;
		arguments[2] = command;
		arguments[3] = name;
		execv("/bin/sh", arguments);
		_exit(126);
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		arguments[3] = (char *)usual[i];
		execvp(usual[i], arguments + 3);
	}
	_exit(127);
}

bool editor_run(char *const *files)
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		become_editor(files);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		complain("no editor found; set EDITOR");
	else
		complain("the editor failed; nothing was changed");
	return false;
}
