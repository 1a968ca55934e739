/* The loopback interface: the kernel gives it its addresses when it goes up. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "machine/step.h"

static bool bring_up(int fd)
{
	struct ifreq request = { .ifr_name = "lo" };

	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return false;
	request.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

static int run(const char *argument)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argument;
	bool up = fd >= 0 && bring_up(fd);
	int status = up ? EXIT_SUCCESS : complain("lo: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return status;
}

const struct step step_loopback = { "loopback", NULL, "bring the loopback interface up", run };
