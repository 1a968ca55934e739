/* Which terminals the kernel uses as its console, and the links that make a login prompt start on each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/machine.h"
#include "supervisor/os/read_file.h"

static const char wants[] = "/run/systemd/system/getty.target.wants";

/* tty0 is the screen as such, tty1 and so on its virtual terminals. */
static bool is_virtual(const char *name)
{
	return strncmp(name, "tty", 3) == 0 && name[3] >= '0' && name[3] <= '9';
}

static void want_login(const char *console)
{
	const char *prefix = is_virtual(console) ? "getty" : "serial-getty";
	char path[160], file[160];

	if (strcmp(console, "tty0") == 0)
		console = "tty1";
	snprintf(path, sizeof path, "%s/%s@%.64s.service", wants, prefix, console);
	snprintf(file, sizeof file, SVINIT_LIBEXECDIR "/machine/%s@.service", prefix);
	if (symlink(file, path) < 0 && errno != EEXIST)
		machine_say(4, "no login prompt on %s: %s", console, strerror(errno));
}

void machine_want_logins(void)
{
	char text[512], *rest = NULL;

	if (read_file_at(AT_FDCWD, "/sys/class/tty/console/active", text, sizeof text) < 0)
		return;
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/system", 0755);
	mkdir(wants, 0755);
	for (char *name = strtok_r(text, " \n", &rest); name; name = strtok_r(NULL, " \n", &rest))
		want_login(name);
}
