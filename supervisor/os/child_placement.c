#include "supervisor/os/child_placement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

int child_set_coredump_filter(struct child_setup *setup)
{
	const struct spawn_placement *placement = setup->recipe->placement;
	char text[2 + 16 + 1] = "0x";
	int at = 2;

	if (!placement || !placement->coredump_filter_set)
		return 0;
	for (int shift = 60; shift >= 0; shift -= 4)
		text[at++] = "0123456789abcdef"[placement->coredump_filter >> shift & 15];
	text[at] = '\0';
	int r = write_file_at(AT_FDCWD, "/proc/self/coredump_filter", text);
	/* A kernel without core dumps has nothing to filter. */
	return r == -ENOENT ? 0 : r;
}

int child_set_affinity(struct child_setup *setup)
{
	const struct spawn_placement *placement = setup->recipe->placement;

	if (!placement || !placement->cpus)
		return 0;
	return syscall(SYS_sched_setaffinity, 0, placement->cpus_size, placement->cpus) < 0 ? -errno : 0;
}

int child_set_numa_policy(struct child_setup *setup)
{
	const struct spawn_placement *placement = setup->recipe->placement;

	if (!placement || placement->numa_policy < 0)
		return 0;
	long r = syscall(SYS_set_mempolicy, placement->numa_policy, placement->nodes,
			 placement->nodes ? placement->node_count : 0);
	/* A kernel without nodes has one. */
	return r < 0 && errno != ENOSYS ? -errno : 0;
}

int child_set_personality(struct child_setup *setup)
{
	const struct spawn_placement *placement = setup->recipe->placement;

	if (!placement || !placement->personality_set)
		return 0;
	int now = personality(0xffffffff);
	if (now < 0)
		return -errno;
	return personality(((unsigned long)now & ~(unsigned long)PER_MASK) | placement->personality) < 0 ? -errno : 0;
}

/* As a getty wants to find it: text, canonical input with echo, the usual characters. */
static void reset(int fd)
{
	struct termios settings;

	(void)ioctl(fd, TIOCNXCL);
	(void)ioctl(fd, KDSETMODE, KD_TEXT);
	if (tcgetattr(fd, &settings) < 0)
		return;
	settings.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | ISTRIP | INLCR | IGNCR | IUCLC);
	settings.c_iflag |= ICRNL | IMAXBEL | IUTF8;
	settings.c_oflag |= ONLCR | OPOST;
	settings.c_cflag |= CREAD;
	settings.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
	settings.c_cc[VINTR] = 3;
	settings.c_cc[VQUIT] = 28;
	settings.c_cc[VERASE] = 127;
	settings.c_cc[VKILL] = 21;
	settings.c_cc[VEOF] = 4;
	settings.c_cc[VSTART] = 17;
	settings.c_cc[VSTOP] = 19;
	settings.c_cc[VSUSP] = 26;
	settings.c_cc[VEOL] = settings.c_cc[VEOL2] = 0;
	settings.c_cc[VTIME] = 0;
	settings.c_cc[VMIN] = 1;
	(void)tcsetattr(fd, TCSANOW, &settings);
	(void)tcflush(fd, TCIOFLUSH);
}

static void resize(int fd, const struct spawn_terminal *terminal)
{
	struct winsize size;

	if ((!terminal->rows && !terminal->columns) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return;
	if (terminal->rows)
		size.ws_row = terminal->rows;
	if (terminal->columns)
		size.ws_col = terminal->columns;
	(void)ioctl(fd, TIOCSWINSZ, &size);
}

/* The kernel forgets what was on a virtual console, unless it is in front; any other terminal clears its scroll-back.
 */
static void disallocate(int fd, const char *path)
{
	static const char clear[] = "\033[r\033[H\033[3J";
	int number = 0;

	if (strncmp(path, "/dev/tty", 8) == 0)
		for (const char *digit = path + 8; *digit >= '0' && *digit <= '9' && number < 64; digit++)
			number = number * 10 + (*digit - '0');
	int console = number > 0 ? open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK) : -1;
	bool done = console >= 0 && ioctl(console, VT_DISALLOCATE, number) == 0;
	if (console >= 0)
		close(console);
	if (!done)
		(void)!write(fd, clear, sizeof clear - 1);
}

static int open_terminal(const char *path)
{
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
}

int child_prepare_terminal(struct child_setup *setup)
{
	const struct spawn_terminal *terminal = setup->recipe->terminal;
	int fd = terminal ? open_terminal(terminal->path) : -1;

	if (fd < 0)
		return 0;
	if (terminal->hang_up) {
		(void)ioctl(fd, TIOCVHANGUP);
		close(fd);
		fd = open_terminal(terminal->path);
		if (fd < 0)
			return 0;
	}
	if (terminal->reset)
		reset(fd);
	resize(fd, terminal);
	if (terminal->disallocate)
		disallocate(fd, terminal->path);
	close(fd);
	return 0;
}
