/* PrivateDevices=: a /dev with nothing in it but what every program may have. */
#ifndef SVEXEC_DEVICES_H
#define SVEXEC_DEVICES_H

enum host_device {
	HOST_DEVICE_NULL,
	HOST_DEVICE_ZERO,
	HOST_DEVICE_FULL,
	HOST_DEVICE_RANDOM,
	HOST_DEVICE_URANDOM,
	HOST_DEVICE_TTY,
	HOST_DEVICE_COUNT,
};

/* O_PATH descriptors of the host's nodes, opened before anything hides them; -1 for those that are not there. */
struct host_devices {
	int fds[HOST_DEVICE_COUNT];
};

void devices_open_host(struct host_devices *devices);
void devices_close_host(struct host_devices *devices);
/* Fills the directory `fd` with nodes and links. 0 or -errno. */
int devices_populate(const struct host_devices *devices, int fd);

#endif
