#include "supervisor/os/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The inode of the first PID namespace: PROC_PID_INIT_INO of the kernel's proc_ns.h, part of its interface. */
#define FIRST_PID_NAMESPACE UINT32_C(0xEFFFFFFC)
/* The kernel starts its own thread of threads right behind PID 1. */
enum { KTHREADD = 2 };

static bool proc_is_mounted(void)
{
	struct statfs status;

	return statfs("/proc", &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

bool machine_is_ours(void)
{
	struct stat status;

	if (getpid() != 1 || getenv("container"))
		return false;
	if (proc_is_mounted())
		return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == FIRST_PID_NAMESPACE;
	/* No process of a namespace that has just begun is in process group 0 and is not us. */
	return getpgid(KTHREADD) == 0;
}

bool machine_is_in_initramfs(void)
{
	return access("/etc/initrd-release", F_OK) == 0;
}

void machine_open_console(void)
{
	int fd;

	do
		fd = open("/dev/console", O_RDWR | O_NOCTTY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

void machine_take_keyboard(void)
{
	if (reboot(RB_DISABLE_CAD) < 0)
		machine_say(4, "ctrl-alt-del reboots at once: %s", strerror(errno));
}

/* Opened for each line: the kernel limits the rate of an open file. */
void machine_say(int level, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int saved = errno;
	int length = snprintf(line, sizeof line, "<%d>svinit: ", 3 << 3 | level);

	va_start(arguments, format);
	errno = saved;
	int more = vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
	va_end(arguments);
	length = more < 0 ? length : length + more;
	if (length >= (int)sizeof line)
		length = (int)sizeof line - 1;
	int fd = open("/dev/kmsg", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		(void)!write(fd, line, (size_t)length);
		close(fd);
	}
	errno = saved;
}
